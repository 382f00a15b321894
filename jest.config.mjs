// One project per kind of test, so `npx jest --selectProjects unit` answers in seconds.
const common = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  // The Common Media Library is published as ES modules only; the tests run as CommonJS.
  transformIgnorePatterns: ['/node_modules/(?!@svta/)'],
  transform: {
    '^.+\\.[jt]s$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
};

const project = (displayName, folders) => ({
  ...common,
  displayName,
  testMatch: folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
});

export default {
  testTimeout: 30_000,
  // By default a core is left free, which of two is half; many of these tests wait more than they compute.
  maxWorkers: '100%',
  projects: [
    project('unit', [
      'origin',
      'http',
      'edge',
      'server',
      'embedded',
      'stores',
      'lambdas',
      'demo',
      'publisher',
      'cli',
      'console',
      'docs',
      'simulation',
    ]),
    project('contracts', ['contracts']),
    project('acceptance', ['acceptance']),
    project('infra', ['lib']),
  ],
};

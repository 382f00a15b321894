import jestConfig from './jest.config.mjs';

// Started by test/emulated/run.ts, which deploys into an emulator first. One worker: the emulator is one process.
const [{ transform, transformIgnorePatterns }] = jestConfig.projects;

export default {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/emulated/**/*.test.ts'],
  transform,
  transformIgnorePatterns,
  testTimeout: 60_000,
  maxWorkers: 1,
  testSequencer: '<rootDir>/test/emulated/in-order.cjs',
};

// The package as users install it: `npm run test:package`. Packs, installs from the registry, synthesises, starts.
import base from './jest.config.mjs';

const [{ displayName: _, testMatch: __, ...common }] = base.projects;

export default {
  ...common,
  testTimeout: 300_000,
  maxWorkers: 1,
  testMatch: ['<rootDir>/test/package/**/*.test.ts'],
};

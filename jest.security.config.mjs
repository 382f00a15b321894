// Hostile clients against the embedded run as a process: `npm run test:security`. Some wait for real timeouts.
import base from './jest.config.mjs';

const [{ displayName: _, testMatch: __, ...common }] = base.projects;

export default {
  ...common,
  testTimeout: 60_000,
  maxWorkers: 1,
  testMatch: ['<rootDir>/test/security/**/*.test.ts'],
};

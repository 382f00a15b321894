// A real browser in real time: `npm run test:browser`. Needs Chromium (CHROMIUM=/path where it is no Debian package).
import base from './jest.config.mjs';

const [{ displayName: _, testMatch: __, ...common }] = base.projects;

export default {
  ...common,
  testTimeout: 120_000,
  maxWorkers: 1,
  testMatch: ['<rootDir>/test/browser/**/*.test.ts'],
};

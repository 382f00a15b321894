// Real packagers in real time: `npm run test:packagers`. Needs ffmpeg and mkfifo; fetches shaka-packager from npm once.
import base from './jest.config.mjs';

const [{ displayName: _, testMatch: __, ...common }] = base.projects;

export default {
  ...common,
  testTimeout: 180_000,
  maxWorkers: 1,
  testMatch: ['<rootDir>/test/packagers/**/*.test.ts'],
};

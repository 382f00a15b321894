// The appliance as it is installed, and every edge before the suite of cache-tests.fyi: `npm run test:edge`. Needs nginx with
// njs, Varnish (Debian: nginx, libnginx-mod-http-js, njs, varnish), and the first time npm's registry.
import base from './jest.config.mjs';

const [{ displayName: _, testMatch: __, ...common }] = base.projects;

export default {
  ...common,
  testTimeout: 120_000,
  maxWorkers: 1,
  testMatch: ['appliance', 'http-cache'].map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
};

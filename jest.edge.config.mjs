// The appliance as it is installed: `npm run test:edge`. Needs nginx with njs, and Varnish (Debian: nginx,
// libnginx-mod-http-js, njs, varnish).
import base from './jest.config.mjs';

const [{ displayName: _, testMatch: __, ...common }] = base.projects;

export default {
  ...common,
  testTimeout: 120_000,
  maxWorkers: 1,
  testMatch: ['<rootDir>/test/appliance/**/*.test.ts'],
};

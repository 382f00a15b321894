// A long run of real encoders: `npm run test:soak`. Needs ffmpeg; SOAK_SECONDS says how long (default 600).
import packagers from './jest.packagers.config.mjs';

export default { ...packagers, testMatch: ['<rootDir>/test/soak/**/*.test.ts'] };

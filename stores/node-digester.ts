import { createHash, randomBytes } from 'node:crypto';
import type { Digester } from '../origin/ports/digester';

/** {@link Digester} by node:crypto (OpenSSL, hardware instructions where there are any). */
export const nodeDigester: Digester = {
  sha256Hex: (bytes) => createHash('sha256').update(bytes).digest('hex'),
  randomToken: (bits) => randomBytes(Math.ceil(bits / 8)).toString('base64url'),
};

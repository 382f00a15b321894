/** SHA-256 (FIPS 180-4). A port, because the pure rooms have no cryptography of their own. */
export interface Digester {
  /** Lower-case hexadecimal, 64 characters. */
  sha256Hex(bytes: Uint8Array | string): string;
  /** `bits` of cryptographic randomness as base64url without padding: secrets and ids. */
  randomToken(bits: number): string;
}

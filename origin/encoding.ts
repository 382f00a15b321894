const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** RFC 4648, section 4, with padding. For small values (inits, digests): the pure rooms have no Buffer. */
export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const triple = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += ALPHABET.charAt(triple >> 18) + ALPHABET.charAt((triple >> 12) & 63);
    text += left > 1 ? ALPHABET.charAt((triple >> 6) & 63) : '=';
    text += left > 2 ? ALPHABET.charAt(triple & 63) : '=';
  }
  return text;
}

/** The reverse. @returns undefined when `text` is not base64. */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let at = 0, to = 0; at < text.length; at += 4) {
    let triple = 0;
    for (const character of text.slice(at, at + 4))
      triple = (triple << 6) | Math.max(0, ALPHABET.indexOf(character));
    for (const shift of [16, 8, 0]) if (to < bytes.length) bytes[to++] = (triple >> shift) & 255;
  }
  return bytes;
}

export function bytesOfHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length >> 1);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}

/** Lower-case. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Bytes of `text` in UTF-8. */
export function utf8Length(text: string): number {
  return encodeURIComponent(text).replace(/%../g, '.').length;
}

/**
 * The pure rooms have no TextDecoder; escaping each byte lets the engine decode and check UTF-8.
 * @throws URIError for what is no UTF-8.
 */
export function textOfUtf8(bytes: Uint8Array): string {
  return decodeURIComponent(Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
}

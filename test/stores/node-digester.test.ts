import { nodeDigester } from '../../stores/node-digester';

// FIPS 180-4, examples of the NIST Cryptographic Standards and Guidelines page.
it.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
])('digests %j as FIPS 180-4 says, from a string or its bytes', (text, digest) => {
  expect(nodeDigester.sha256Hex(text)).toBe(digest);
  expect(nodeDigester.sha256Hex(new TextEncoder().encode(text))).toBe(digest);
});

it('makes tokens of as many bits as asked, in characters that URLs and headers take', () => {
  expect(nodeDigester.randomToken(256)).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(nodeDigester.randomToken(128)).toMatch(/^[A-Za-z0-9_-]{22}$/);
  expect(nodeDigester.randomToken(1)).toMatch(/^[A-Za-z0-9_-]{2}$/);
  expect(new Set(Array.from({ length: 100 }, () => nodeDigester.randomToken(128))).size).toBe(100);
});

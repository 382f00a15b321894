import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import vm from 'node:vm';
import { buildGuard } from '../../edge/build-guard';
import { handler } from './guard-build/handler';
import { questions } from './guard-build/questions';

/** CloudFront Functions take 10 KB, their own entry included. */
const CLOUDFRONT_BYTES_MAX = 10_240;

const built = buildGuard('cloudfront', join(__dirname, 'guard-build/handler.ts'));

describe('the build of the guard', () => {
  it('says what the source says, in a realm that has no Map, no Set and no eval', () => {
    const realm = vm.createContext({}, { codeGeneration: { strings: false, wasm: false } });
    const absent = ['Map', 'Set', 'WeakMap', 'WeakSet', 'Symbol', 'Proxy', 'Reflect', 'BigInt', 'Promise'];
    vm.runInContext(absent.map((name) => `delete globalThis.${name};`).join(''), realm);
    vm.runInContext(built, realm);
    const asked = JSON.stringify(questions(3000, 1));
    const said = vm.runInContext(`handler(${JSON.stringify(asked)})`, realm) as string;
    expect(JSON.parse(said)).toEqual(JSON.parse(handler(asked)));
  });

  it('leaves room in what CloudFront takes', () => {
    expect(Buffer.byteLength(built)).toBeLessThan(CLOUDFRONT_BYTES_MAX - 2048);
  });

  describe('is the lint of the dialect', () => {
    let directory = '';
    beforeAll(() => (directory = mkdtempSync(join(tmpdir(), 'headwater-guard-'))));
    afterAll(() => rmSync(directory, { recursive: true }));

    it.each([
      ['a class', 'class A {} export function handler() { return new A(); }'],
      ['destructuring', 'export function handler(event) { const { request } = event; return request; }'],
      ['for-of', 'export function handler(all) { for (const one of all) return one; }'],
      ['a default argument', 'export function handler(event = 1) { return event; }'],
      ['bigint', 'export function handler() { return 1n; }'],
      ['no export', 'function handler() { return 1; }'],
      ['another export', 'export function answer() { return 1; }'],
    ])('%s: refused', (_, source) => {
      const entry = join(directory, 'entry.ts');
      writeFileSync(entry, source);
      expect(() => buildGuard('cloudfront', entry)).toThrow(
        /not supported|not available|Big integer|wanted the export/,
      );
    });
  });
});

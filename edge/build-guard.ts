import { buildSync } from 'esbuild';

/** Where a build of the guard runs. */
export type GuardTarget = 'cloudfront' | 'njs';

/** The function that the entry exports, which is what the edge calls. */
const FUNCTION_OF = { cloudfront: 'handler', njs: 'answer' } as const;

/** Modules of the edge itself: CloudFront's KeyValueStore, the files that njs reads. */
const OWN_MODULES = { cloudfront: ['cloudfront'], njs: ['fs'] } as const;

/**
 * One file of JavaScript for an edge that runs scripts: the guard, what it needs, and the edge's own entry. What the
 * dialects do not run (classes, destructuring, default arguments, for-of, bigint) fails the build, which is the lint of
 * it.
 * @param entry path of the entry: for `cloudfront` it exports `handler(event)`, which becomes a plain top-level
 *   function; for `njs` it exports `answer(request)`, which becomes a member of the default export. Nothing else.
 * @param ownNames members that nothing outside of the file sees: they get short names. Default: none.
 * @throws esbuild's error, which names the file and the line; TypeError for bigint and for an entry with other exports.
 */
export function buildGuard(target: GuardTarget, entry: string, ownNames?: RegExp): string {
  const { outputFiles, warnings } = buildSync({
    ...{ entryPoints: [entry], bundle: true, write: false, format: 'esm', platform: 'neutral' },
    ...{ target: 'es5', minify: true, charset: 'ascii', legalComments: 'none', logLevel: 'silent' },
    supported: { 'const-and-let': true, 'template-literal': true, arrow: true, 'async-await': true },
    external: [...OWN_MODULES[target]],
    ...(ownNames && { mangleProps: ownNames }),
  });
  // What it replaces by something else that is not there either.
  if (warnings[0] !== undefined) throw new TypeError(`${entry}: ${warnings[0].text}`);
  const text = importsFirst(outputFiles[0]?.text ?? '');
  const exported = /export\{(\w+) as (\w+)\};\s*$/.exec(text);
  const [, local = '', name = ''] = exported ?? [];
  if (exported === null || name !== FUNCTION_OF[target])
    throw new TypeError(
      `${entry}: wanted the export ${FUNCTION_OF[target]} alone, got ${name === '' ? 'others' : name}`,
    );
  return text.slice(0, exported.index) + ENTRY[target](local, text);
}

/** Where CloudFront's own examples have them; esbuild leaves them between the modules. */
function importsFirst(text: string): string {
  const statement = /import \w+ from"\w+";/g;
  return (text.match(statement) ?? []).join('') + text.replace(statement, '');
}

/** Neither runtime takes `export { x as handler }`. */
const ENTRY: Readonly<Record<GuardTarget, (local: string, text: string) => string>> = {
  // CloudFront awaits what is declared async, so the entry must be what the function is.
  cloudfront: (local, text) =>
    text.includes(`async function ${local}(`)
      ? `async function handler(event){return await ${local}(event)}\n`
      : `function handler(event){return ${local}(event)}\n`,
  njs: (local) => `export default{answer:${local}};\n`,
};

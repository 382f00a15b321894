import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import type { HttpResponse } from '../../http/message';

/** docs/openapi.yaml, as far as tests ask. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, unknown>>;
}

interface DescribedResponse {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];

export const OPENAPI_PATH = join(__dirname, '..', '..', 'docs', 'openapi.yaml');
export const openApi = parse(readFileSync(OPENAPI_PATH, 'utf8')) as OpenApi;

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(openApi, 'openapi');

/** `GET /tenants/{tenant}/events`, of every operation. */
export const operations: readonly string[] = Object.entries(openApi.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => method in item).map((method) => `${method.toUpperCase()} ${path}`),
);

/** A schema of `components`. */
export function schemaOf(name: string): ValidateFunction {
  const validate = ajv.getSchema(`openapi#/components/schemas/${name}`);
  if (validate === undefined) throw new Error(`docs/openapi.yaml: wanted the schema ${name}, got none`);
  return validate;
}

/** What of an answer the page does not describe: its status, its media type, its body. Empty when all is described. */
export function undescribed(operation: string, response: HttpResponse): readonly string[] {
  const [method = '', path = ''] = operation.split(' ');
  const described = openApi.paths[path]?.[method.toLowerCase()] as Operation | undefined;
  const found = resolve(described?.responses[response.status.toString()]) as DescribedResponse | undefined;
  if (found === undefined) return [`status ${response.status}`];
  const type = response.headers['Content-Type'];
  if (type === undefined) return found.content === undefined ? [] : ['no body'];
  const content = found.content?.[type];
  if (content === undefined) return [`Content-Type ${type}`];
  const validate = ajv.compile(absolute(content.schema));
  if (validate(JSON.parse(textOf(response)))) return [];
  return (validate.errors ?? []).map(({ instancePath, message = '', params }) =>
    [instancePath, message, JSON.stringify(params)].join(' '),
  );
}

function textOf({ body }: HttpResponse): string {
  if (typeof body !== 'string') throw new TypeError(`body: wanted text, got ${typeof body}`);
  return body;
}

/** Follows a `$ref` within the page. */
export function resolve(node: unknown): unknown {
  const reference = (node as { $ref?: string } | undefined)?.$ref;
  if (reference === undefined) return node;
  return reference
    .replace('#/', '')
    .split('/')
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], openApi);
}

/** The schema as one of its own, whose references are still those of the page. */
function absolute(schema: unknown): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"openapi#/')) as object;
}

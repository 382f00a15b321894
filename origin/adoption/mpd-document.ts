import { parseXml } from '@svta/cml-xml';

/** An element as the rest of adoption reads it: names without prefix, attributes with their entities replaced. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** What stands between its tags, elements aside. */
  readonly text: string;
}

/** Characters. An MPD of a long DVR window with a timeline for each track has some 200,000. */
const LENGTH_MAX = 4_000_000;
/** MPD/Period/AdaptationSet/Representation/SegmentTemplate/SegmentTimeline/S is 7 deep. */
const DEPTH_MAX = 32;

const NAME = '[A-Za-z_][\\w:.-]*';
const TOKEN = new RegExp(
  [
    '<!--[^]*?-->',
    '<\\?[^>]*\\?>',
    `<(/)${NAME}\\s*>`,
    `<(?:${NAME})(?:\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*\\s*(/?)>`,
    '([^<]+)',
  ].join('|'),
  'y',
);

/**
 * Reads the elements of an MPD (ISO/IEC 23009-1). The library loops for ever on text that breaks off inside a tag, so
 * every tag is looked at first; document types and CDATA, of which MPDs have no need, are refused with it.
 * @returns the root element, or why there is none.
 */
export function readMpdDocument(text: string): Element | string {
  const trouble = text.length > LENGTH_MAX ? `wanted at most ${LENGTH_MAX} characters` : troubleWith(text);
  if (trouble !== undefined) return trouble;
  try {
    const document = parseXml(text);
    const root = document.childNodes.map(elementOf).find((element) => element !== undefined);
    if (root?.name !== 'MPD') return `wanted the element MPD, got ${root?.name ?? 'none'}`;
    return root;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** @returns undefined where every tag is complete and the depth is bounded; whether they match the library says. */
function troubleWith(text: string): string | undefined {
  let depth = 0;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(text);
    if (token === null) return `not XML at character ${at}: ${JSON.stringify(text.slice(at, at + 40))}`;
    const [whole, closes, empty, plain] = token;
    if (plain !== undefined || whole.startsWith('<!') || whole.startsWith('<?') || empty === '/') continue;
    depth += closes === undefined ? 1 : -1;
    if (depth < 0 || depth > DEPTH_MAX) return `elements nested ${depth} deep at character ${at}`;
  }
  return depth === 0 ? undefined : `${depth} elements are not closed`;
}

interface XmlNode {
  readonly nodeName: string;
  readonly nodeValue: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly childNodes: readonly XmlNode[];
  readonly localName?: string;
}

function elementOf({ nodeName, localName, attributes, childNodes }: XmlNode): Element | undefined {
  if (nodeName.startsWith('#')) return undefined;
  return {
    name: localName ?? nodeName,
    attributes,
    children: childNodes.flatMap((child) => elementOf(child) ?? []),
    text: childNodes.map(({ nodeName: name, nodeValue }) => (name === '#text' ? nodeValue : '')).join(''),
  };
}

export function childrenNamed(element: Element | undefined, name: string): readonly Element[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/**
 * Just enough XML to write an MPD. `serializeXml` of @svta/cml-xml quotes attributes as JSON does and escapes nothing,
 * so an operator's label such as `5.1 "surround" & more` would break the document.
 */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number | bigint | boolean | undefined>>;
  readonly content: readonly Element[] | string;
}

/** @param attributes those that are undefined are left out */
export function element(
  name: string,
  attributes: Element['attributes'] = {},
  content: Element['content'] = [],
): Element {
  return { name, attributes, content };
}

export function writeDocument(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${writeElement(root, '')}`;
}

/** One element a line, indented: an MPD is read by people at three in the morning. */
export function writeElement({ name, attributes, content }: Element, indent = ''): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeText(String(value))}"`);
  const open = `${indent}<${name}${written.join('')}`;
  if (content.length === 0) return `${open}/>\n`;
  if (typeof content === 'string') return `${open}>${escapeText(content)}</${name}>\n`;
  const children = content.map((child) => writeElement(child, `${indent}  `));
  return `${open}>\n${children.join('')}${indent}</${name}>\n`;
}

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** ASCII whatever the label says: what XML 1.0 cannot carry at all (most controls, lone surrogates) becomes U+FFFD. */
function escapeText(text: string): string {
  return text
    .replace(/[&<>"]/g, (found) => REFERENCES[found] ?? found)
    .replace(/[^\x20-\x7e]/gu, (found) => {
      const code = found.codePointAt(0) ?? 0xfffd;
      const allowed =
        code >= 0x7f && !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
      return `&#x${(allowed ? code : 0xfffd).toString(16)};`;
    });
}

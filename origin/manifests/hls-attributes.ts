/** RFC 8216, 4.2: `NAME=value,...`, without those that are undefined. Quote what is a string. */
export function attributeList(attributes: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(attributes)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
    .join(',');
}

/** A quoted-string cannot hold double quotes or line breaks, and has no escapes. */
export function quoted(text: string): string {
  return `"${text.replace(/"/g, "'").replace(/\p{Cc}/gu, ' ')}"`;
}

// @ts-check

/** @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`#${id}: wanted an element of this page, got none`);
  return found;
}

/**
 * @param {string} name
 * @param {Record<string, string>} [attributes]
 * @param {readonly (string | Node)[]} [content]
 * @returns {HTMLElement}
 */
export function element(name, attributes = {}, content = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...content);
  return made;
}

/** Writes only what changed, so that nothing is laid out, or read out, again. @param {Node} node @param {string} text */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

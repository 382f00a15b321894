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

/**
 * Makes a canvas as large as it is seen, in the dots of the screen.
 * @param {HTMLCanvasElement} canvas
 * @param {{ width: number, height: number }} seen CSS pixels
 * @returns {CanvasRenderingContext2D | undefined} to draw with in CSS pixels; undefined while nothing of it is seen
 */
export function sizedContext(canvas, { width, height }) {
  const context = canvas.getContext('2d');
  if (context === null || width === 0) return undefined;
  const scale = devicePixelRatio || 1;
  const [dotsWide, dotsHigh] = [Math.round(width * scale), Math.round(height * scale)];
  // To set a size erases, even where it is the same.
  if (canvas.width !== dotsWide) canvas.width = dotsWide;
  if (canvas.height !== dotsHigh) canvas.height = dotsHigh;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  return context;
}

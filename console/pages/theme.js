// @ts-check

const KEY = 'headwater-theme';
const NEXT = /** @type {const} */ ({ auto: 'light', light: 'dark', dark: 'auto' });
const WORDS = { auto: 'as the system', light: 'light', dark: 'dark' };

/** @returns {keyof typeof NEXT} */
function chosen() {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'auto';
}

/** Sets what was chosen; theme-first.js has done so while the page was loading. */
function applyTheme() {
  const theme = chosen();
  if (theme === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  document.dispatchEvent(new Event('themechange'));
}

/** @param {HTMLElement} button goes from the system's choice to light to dark */
export function bindThemeButton(button) {
  const show = () => {
    applyTheme();
    button.dataset['theme'] = chosen();
    button.setAttribute('aria-label', `Colours: ${WORDS[chosen()]}. Change`);
    button.title = `Colours: ${WORDS[chosen()]}`;
  };
  button.addEventListener('click', () => {
    localStorage.setItem(KEY, NEXT[chosen()]);
    show();
  });
  // Canvases are drawn anew by whoever changes the colours.
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', applyTheme);
  show();
}

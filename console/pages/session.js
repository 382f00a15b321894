// @ts-check

const KEY = 'headwater-operator-token';
/** As the control plane takes them. */
const EVENT = /^[A-Za-z0-9._~-]+\/[A-Za-z0-9._~-]+$/;

/**
 * Reads `#token=...&event=tenant/name`, which servers and their logs never see, and takes the token out of the address
 * at once: it lives in sessionStorage, so it ends with the tab.
 */
export function takeFragment() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const token = fragment.get('token');
  if (token !== null) {
    sessionStorage.setItem(KEY, token);
    fragment.delete('token');
    const rest = fragment.toString();
    history.replaceState(null, '', location.pathname + location.search + (rest === '' ? '' : `#${rest}`));
  }
  const event = fragment.get('event') ?? '';
  return EVENT.test(event) ? event : undefined;
}

export function keptToken() {
  return sessionStorage.getItem(KEY) ?? undefined;
}

/** @param {string} token */
export function keepToken(token) {
  sessionStorage.setItem(KEY, token);
}

export function forgetToken() {
  sessionStorage.removeItem(KEY);
}

/** The event is no secret: with it in the address, a page can be bookmarked. @param {string} event */
export function showEventInAddress(event) {
  history.replaceState(null, '', `${location.pathname}#event=${event}`);
}

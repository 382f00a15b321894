// @ts-check

/** What the control plane refused, in its own words (RFC 9457). */
export class ControlProblem extends Error {
  /**
   * @param {number} status
   * @param {{ title?: string, detail?: string, faults?: readonly Fault[], consequence?: Consequence }} problem
   */
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `The control plane answered ${status}.`);
    this.status = status;
    this.title = problem.title ?? String(status);
    this.faults = problem.faults ?? [];
    this.consequence = problem.consequence;
  }
}

/** @typedef {{ readonly parameter: string, readonly wanted: string, readonly got: string }} Fault */
/** @typedef {{ readonly text: string, readonly loses: boolean }} Consequence */

/** Longer than any answer takes; a control plane that hangs is told of. */
const TIMEOUT_MS = 8000;

/** Calls about one event, in the name of one operator. The token goes into a header and nowhere else. */
export class ControlClient {
  #token;
  #base;

  /** @param {{ token: string, tenant: string, event: string }} options */
  constructor({ token, tenant, event }) {
    this.#token = token;
    this.#base = `/control/v1/tenants/${encodeURIComponent(tenant)}/events`;
    this.event = encodeURIComponent(event);
  }

  /**
   * @param {string} path below the event; empty: the event itself
   * @param {{ query?: Record<string, string>, signal?: AbortSignal }} [options]
   */
  get(path, { query = {}, signal } = {}) {
    return this.#call('GET', this.#below(path), { query, ...(signal && { signal }) });
  }

  /** Every event of the tenant. */
  events() {
    return this.#call('GET', this.#base, {});
  }

  /** @param {string} path @param {unknown} body @param {Record<string, string>} [query] */
  post(path, body, query = {}) {
    return this.#call('POST', this.#below(path), { query, body });
  }

  /** @param {string} path @param {Record<string, string>} [query] */
  delete(path, query = {}) {
    return this.#call('DELETE', this.#below(path), { query });
  }

  /**
   * The fault lab beside the control plane, where there is one.
   * @param {'GET' | 'POST' | 'DELETE'} method
   * @param {{ id?: string, body?: unknown }} [about] without an id: every fault
   */
  lab(method, { id, body } = {}) {
    const path = id === undefined ? '/lab/v1/faults' : `/lab/v1/faults/${encodeURIComponent(id)}`;
    return this.#call(method, path, body === undefined ? {} : { body });
  }

  /** @param {string} path */
  #below(path) {
    return `${this.#base}/${this.event}${path === '' ? '' : `/${path}`}`;
  }

  /**
   * @param {string} method @param {string} path
   * @param {{ query?: Record<string, string>, body?: unknown, signal?: AbortSignal }} options
   * @returns {Promise<any>} the JSON of the answer
   * @throws {ControlProblem} for what is refused; TypeError or a DOMException where nobody answers.
   */
  async #call(method, path, { query = {}, body, signal }) {
    const search = new URLSearchParams(query).toString();
    const limit = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(search === '' ? path : `${path}?${search}`, {
      ...{ method, cache: 'no-store', credentials: 'omit', redirect: 'error' },
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      headers: {
        Authorization: `Bearer ${this.#token}`,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const value = parsed(text);
    if (!answer.ok) throw new ControlProblem(answer.status, value ?? {});
    return value ?? {};
  }
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

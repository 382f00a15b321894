// @ts-check
import { initPath } from './explain-words.js';
/** @import { ControlClient } from './control-client.js' */

/**
 * An init that was refused, because it is not what players have loaded.
 * @typedef {object} RefusedInit
 * @property {string} pipeline
 * @property {string} representation
 * @property {string} at when it came, ISO 8601
 * @property {string} [codec]
 * @property {string} [wanted] codec of the newest version
 */

/**
 * Inits that wait for an operator. Only what the history tells of is asked for: most events have none.
 * @param {ControlClient} client
 * @param {any} configuration of the event
 * @param {readonly { action: string, detail?: Readonly<Record<string, any>> }[]} changes of the history
 * @returns {Promise<RefusedInit[]>}
 */
export async function refusedInits(client, configuration, changes) {
  const sent = new Set(
    changes
      .filter(({ action }) => action === 'pipeline-init')
      .map(({ detail }) => detail?.['representation']),
  );
  /** @type {readonly { id: string }[]} */
  const representations = configuration.representations;
  const told = await Promise.all(
    representations
      .filter(({ id }) => sent.has(id))
      .map(async ({ id }) => {
        const query = { path: initPath(configuration, id) };
        return stillRefused(id, await client.get('explain', { query }).catch(() => ({})));
      }),
  );
  return told.flat();
}

/**
 * What is accepted from a later segment on is refused until then, and needs nobody any more.
 * @param {string} representation
 * @param {{ versions?: readonly Init[], refused?: readonly Init[] }} answer of `explain` for its init
 * @returns {RefusedInit[]}
 */
export function stillRefused(representation, { versions = [], refused = [] }) {
  const newest = versions.at(-1);
  return refused
    .filter(({ identity }) => identity !== newest?.identity)
    .map(({ pipeline, at, codec }) => ({
      ...{ pipeline, representation, at },
      ...(codec !== undefined && { codec }),
      ...(newest?.codec !== undefined && { wanted: newest.codec }),
    }));
}

/** @typedef {{ readonly pipeline: string, readonly identity: string, readonly at: string, readonly codec?: string }} Init */

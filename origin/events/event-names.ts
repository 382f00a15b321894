/** Events in memory: beyond, the one that nobody asked for the longest is forgotten. */
export const EVENTS_MAX = 2000;
/** All other names; the newest half of them at least. A few seconds of a storm, so that a name asked for again is known. */
export const STRANGERS_MAX = 16_384;

/**
 * What is remembered of names that clients ask for. Names of events, and names that are none or of which nothing is
 * known, are kept apart: however many are invented, they push out no event.
 */
export class EventNames<Entry extends object> {
  readonly #events = new Map<string, Entry>();
  /** Two generations in place of an order of use: a Map from whose front thousands are deleted is slow to walk. */
  #strangers = new Map<string, Entry>();
  #formerStrangers = new Map<string, Entry>();

  get size(): number {
    return this.#events.size + this.#strangers.size + this.#formerStrangers.size;
  }

  /** Finding is use. */
  find(name: string): Entry | undefined {
    const event = this.#events.get(name);
    if (event !== undefined) {
      this.#keepEvent(name, event);
      return event;
    }
    const stranger = this.#strangers.get(name) ?? this.#formerStrangers.get(name);
    if (stranger !== undefined) this.#keepStranger(name, stranger);
    return stranger;
  }

  /** Remembers `entry`, new or found, as what it is now. */
  keep(name: string, entry: Entry, isEvent: boolean): void {
    this.#events.delete(name);
    this.#strangers.delete(name);
    this.#formerStrangers.delete(name);
    if (isEvent) this.#keepEvent(name, entry);
    else this.#keepStranger(name, entry);
  }

  #keepEvent(name: string, entry: Entry): void {
    // The map's order is the order of use: the first is the one to forget.
    this.#events.delete(name);
    this.#events.set(name, entry);
    if (this.#events.size > EVENTS_MAX) this.#events.delete(this.#events.keys().next().value ?? name);
  }

  #keepStranger(name: string, entry: Entry): void {
    this.#formerStrangers.delete(name);
    this.#strangers.set(name, entry);
    if (this.#strangers.size < STRANGERS_MAX / 2) return;
    this.#formerStrangers = this.#strangers;
    this.#strangers = new Map();
  }
}

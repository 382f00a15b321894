/** How often each operation was called, by its name in the counted object: `candidates.ofSegment`. */
export class CallCounts {
  readonly #counts = new Map<string, number>();

  add(operation: string): void {
    this.#counts.set(operation, (this.#counts.get(operation) ?? 0) + 1);
  }

  /** What was called since the last {@link CallCounts.reset}: `{}` proves that no store was touched. */
  get all(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].sort());
  }

  reset(): void {
    this.#counts.clear();
  }
}

/**
 * The same stores, with every call of a method counted before it is passed on: what a request costs, as a fact.
 * @example `const { stores, counts } = counting(memoryRegion(...)); ...; expect(counts.all).toEqual({ 'candidates.ofSegment': 1 })`
 */
export function counting<T extends object>(stores: T): { readonly stores: T; readonly counts: CallCounts } {
  const counts = new CallCounts();
  const wrapped = Object.entries(stores).map(([name, part]: [string, unknown]) => [
    name,
    typeof part === 'object' && part !== null ? countedPart(name, part, counts) : part,
  ]);
  return { stores: Object.fromEntries(wrapped) as T, counts };
}

function countedPart(name: string, part: object, counts: CallCounts): object {
  return new Proxy(part, {
    get(target, member) {
      const value: unknown = Reflect.get(target, member, target);
      if (typeof value !== 'function') return value;
      return (...parameters: unknown[]): unknown => {
        counts.add(`${name}.${String(member)}`);
        return Reflect.apply(value, target, parameters);
      };
    },
  });
}

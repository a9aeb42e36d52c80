/** Something that an underlying system did. */
export interface Effect {
  /** ISO 8601. */
  readonly at: string;
  readonly system: string;
  readonly operation: string;
  /** Idempotency key of the call that caused it. */
  readonly key: string;
  /** What the caller says it belongs to: the order number. */
  readonly correlationId?: string;
  /** Which step of the order caused it, when the caller says so. */
  readonly step?: string;
  /** SHA-256 of operation and body, whatever the order of the fields. */
  readonly bodyHash: string;
  /** What was asked for. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** For an operation that takes another back: key of the effect that it took back, when that is known. */
  readonly undoes?: string;
}

/** Effects that should not be there; empty lists when all is well. */
export interface DoubleEffects {
  /** Effects of different calls with one idempotency key. */
  readonly byKey: readonly (readonly Effect[])[];
  /**
   * Effects of one step of one order that are in force at the same time. A step that is meant to run again
   * without an undo, such as booking anew after a missed visit, is listed too.
   */
  readonly byStep: readonly (readonly Effect[])[];
  /** Effects that took back the same effect. */
  readonly undoneTwice: readonly (readonly Effect[])[];
}

/** Which effects to list; everything when empty. */
export interface EffectFilter {
  readonly correlationId?: string | undefined;
  readonly system?: string | undefined;
  readonly operation?: string | undefined;
}

interface Entry {
  readonly effect: Effect;
  /** What nobody else may have meanwhile; emptied when the effect is taken back. */
  claims: readonly string[];
}

/**
 * Remembers what was done, newest `limit` effects only: forgetting an effect also forgets its idempotency key.
 */
export class Ledger {
  readonly #limit: number;
  /** By system and idempotency key, oldest first. */
  readonly #entries = new Map<string, Entry>();
  /** The same by order, since questions are about one. */
  readonly #byOrder = new Map<string | undefined, Set<Entry>>();
  readonly #claims = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The effect of an idempotency key in a system. */
  find(system: string, key: string): Effect | undefined {
    return this.#entries.get(entryId(system, key))?.effect;
  }

  /** Effects, oldest first. */
  list(filter: EffectFilter = {}): readonly Effect[] {
    const { correlationId } = filter;
    const entries = correlationId === undefined ? this.#entries.values() : this.#entriesOf(correlationId);
    return [...entries]
      .map(({ effect }) => effect)
      .filter(
        (effect) =>
          (filter.system ?? effect.system) === effect.system &&
          (filter.operation ?? effect.operation) === effect.operation,
      );
  }

  /** Whether someone has the value from the pool. */
  isClaimed(pool: string, value: string): boolean {
    return this.#claims.has(claimId(pool, value));
  }

  /**
   * Records an effect with what it took from pools.
   *
   * @param takesBack names of the operations that it takes back; that effect is looked for among those of the
   *                  same system and order whose outputs appear in `body`
   */
  record(
    effect: Effect,
    body: Readonly<Record<string, unknown>>,
    claims: readonly (readonly [pool: string, value: string])[],
    takesBack: readonly string[],
  ): Effect {
    const undone = takesBack.length === 0 ? undefined : this.#takenBack(effect, body, takesBack);
    if (undone) this.#free(undone);
    const recorded = undone ? { ...effect, undoes: undone.effect.key } : effect;
    const claimIds = claims.map(([pool, value]) => claimId(pool, value));
    for (const id of claimIds) this.#claims.add(id);
    const entry = { effect: recorded, claims: claimIds };
    this.#entries.set(entryId(effect.system, effect.key), entry);
    this.#byOrder.set(effect.correlationId, this.#entriesOf(effect.correlationId).add(entry));
    for (const [id, oldest] of this.#entries) {
      if (this.#entries.size <= this.#limit) break;
      this.#free(oldest);
      this.#entries.delete(id);
      const ofSameOrder = this.#entriesOf(oldest.effect.correlationId);
      ofSameOrder.delete(oldest);
      if (ofSameOrder.size === 0) this.#byOrder.delete(oldest.effect.correlationId);
    }
    return recorded;
  }

  /** Forgets everything, also the idempotency keys. */
  clear(): void {
    this.#entries.clear();
    this.#byOrder.clear();
    this.#claims.clear();
  }

  doubles(): DoubleEffects {
    const effects = this.list();
    const undone = new Set(effects.map(({ system, undoes }) => undoes && entryId(system, undoes)));
    return {
      byKey: repeated(effects, ({ key }) => key),
      byStep: repeated(effects, ({ correlationId, step, operation, system, key }) =>
        step === undefined || undone.has(entryId(system, key))
          ? undefined
          : `${correlationId}\n${step}\n${operation}`,
      ),
      undoneTwice: repeated(effects, ({ system, undoes }) => undoes && entryId(system, undoes)),
    };
  }

  /** The effect in force that is taken back, or else one that was taken back before. */
  #takenBack(
    by: Effect,
    body: Readonly<Record<string, unknown>>,
    takesBack: readonly string[],
  ): Entry | undefined {
    const own = [...this.#entriesOf(by.correlationId)].filter(({ effect }) => effect.system === by.system);
    const before = new Set(own.flatMap(({ effect: { undoes } }) => (undoes === undefined ? [] : [undoes])));
    const candidates = own
      .filter(({ effect }) => takesBack.includes(effect.operation) && carries(body, effect.outputs))
      .reverse();
    return candidates.find(({ effect }) => !before.has(effect.key)) ?? candidates[0];
  }

  #entriesOf(order: string | undefined): Set<Entry> {
    return this.#byOrder.get(order) ?? new Set();
  }

  #free(entry: Entry): void {
    for (const id of entry.claims) this.#claims.delete(id);
    entry.claims = [];
  }
}

/** Whether a body has outputs: at least one, and none that differs; without outputs every body has them. */
function carries(
  body: Readonly<Record<string, unknown>>,
  outputs: Readonly<Record<string, unknown>>,
): boolean {
  const names = Object.keys(outputs);
  const shared = names.filter((name) => Object.hasOwn(body, name));
  return (
    (names.length === 0 || shared.length > 0) &&
    shared.every((name) => JSON.stringify(body[name]) === JSON.stringify(outputs[name]))
  );
}

function repeated(effects: readonly Effect[], identity: (effect: Effect) => string | undefined): Effect[][] {
  const groups = Map.groupBy(effects, identity);
  groups.delete(undefined);
  return [...groups.values()].filter((group) => group.length > 1);
}

function entryId(system: string, key: string): string {
  return `${system}\n${key}`;
}

function claimId(pool: string, value: string): string {
  return `${pool}\n${value}`;
}

import type { MeterReading, Usage } from '../admin/admin-model.ts';
import { currentTrace } from '../trace.ts';

interface Trace {
  readonly parent: string | undefined;
  readonly names: Set<string>;
  readonly usage: Map<string, Usage>;
}

/** Counts every billable operation, in total and by the trace in whose course it happened. */
export class Meter {
  readonly #total = new Map<string, Usage>();
  readonly #traces = new Map<string, Trace>();

  /** Adds to what was used; `trace` is the one this code runs in unless given. */
  count(used: Usage, trace: string | undefined = currentTrace()): void {
    if (used.quantity === 0) return;
    add(this.#total, used);
    if (trace !== undefined) add(this.#trace(trace).usage, used);
  }

  /** Names a trace after an execution or request that takes part in it. */
  name(name: string, trace: string | undefined = currentTrace()): void {
    if (trace !== undefined) this.#trace(trace).names.add(name);
  }

  /** Begins a trace with its name, in the course of the one that this code runs in. */
  begin(root: string, name: string): void {
    const parent = currentTrace();
    if (!this.#traces.has(root)) this.#traces.set(root, { parent, names: new Set(), usage: new Map() });
    this.name(name, root);
  }

  reading(): MeterReading {
    return {
      total: [...this.#total.values()],
      traces: [...this.#traces].map(([root, { parent, names, usage }]) => ({
        root,
        ...(parent === undefined ? {} : { parent }),
        names: [...names],
        usage: [...usage.values()],
      })),
    };
  }

  /** Forgets all counts; traces keep their names. */
  reset(): void {
    this.#total.clear();
    for (const trace of this.#traces.values()) trace.usage.clear();
  }

  #trace(root: string): Trace {
    const known = this.#traces.get(root);
    if (known) return known;
    const fresh: Trace = { parent: undefined, names: new Set(), usage: new Map() };
    this.#traces.set(root, fresh);
    return fresh;
  }
}

/** Chunks of `size` bytes that a payload is billed as; at least one. */
export function chunks(bytes: number, size: number): number {
  return Math.max(1, Math.ceil(bytes / size));
}

function add(usages: Map<string, Usage>, used: Usage): void {
  const key = `${used.service}|${used.operation}|${used.unit}|${used.resource}`;
  const known = usages.get(key);
  usages.set(key, known ? { ...known, quantity: known.quantity + used.quantity } : { ...used });
}

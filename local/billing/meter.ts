import type { MeterReading, Usage } from '../admin/admin-model.ts';
import { currentTrace } from '../trace.ts';

/** Counts every billable operation, in total and by the trace in whose course it happened. */
export class Meter {
  readonly #total = new Map<string, Usage>();
  readonly #traces = new Map<string, { readonly names: Set<string>; readonly usage: Map<string, Usage> }>();

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

  reading(): MeterReading {
    return {
      total: [...this.#total.values()],
      traces: [...this.#traces].map(([root, { names, usage }]) => ({
        root,
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

  #trace(root: string) {
    const known = this.#traces.get(root);
    if (known) return known;
    const fresh = { names: new Set<string>(), usage: new Map<string, Usage>() };
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

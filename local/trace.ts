import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<string>();

/** Root of the X-Ray style trace in whose course this code runs, if any. */
export function currentTrace(): string | undefined {
  return storage.getStore();
}

/** Runs `work`, and all that it sets off, in the course of the given trace. */
export function inTrace<T>(root: string | undefined, work: () => T): T {
  return root === undefined ? work() : storage.run(root, work);
}

/** From here on this code, and all that it sets off, runs in the course of the given trace. */
export function enterTrace(root: string | undefined): void {
  if (root !== undefined) storage.enterWith(root);
}

/** Makes trace roots in X-Ray's format. */
export function traceRoots(now: () => number): () => string {
  let count = 0;
  return () => {
    const seconds = Math.floor(now() / 1000)
      .toString(16)
      .padStart(8, '0');
    return `1-${seconds}-${(count++).toString(16).padStart(24, '0')}`;
  };
}

/** The `X-Amzn-Trace-Id` header that carries a root from one service to the next, and who the next was called by. */
export function traceHeader(root: string, parent: string): string {
  return `Root=${root};Parent=${parent};Sampled=0`;
}

/** The parent in an `X-Amzn-Trace-Id` header: of calls that a function makes, its invocation. */
export function parentOfHeader(header: string | undefined): string | undefined {
  return header?.match(/Parent=([^;]+)/)?.[1];
}

/** The root in an `X-Amzn-Trace-Id` header. */
export function rootOfHeader(header: string | undefined): string | undefined {
  return header?.match(/Root=([^;]+)/)?.[1];
}

/** Remembers what trace something belongs to while it waits to be delivered; forgets the oldest first. */
export class TraceMemory {
  readonly #roots = new Map<string, string>();
  readonly #capacity: number;

  constructor(capacity = 50_000) {
    this.#capacity = capacity;
  }

  /** Ties `key` to the trace that this code runs in. */
  remember(key: string): void {
    const root = currentTrace();
    if (root === undefined) return;
    this.#roots.delete(key);
    this.#roots.set(key, root);
    if (this.#roots.size <= this.#capacity) return;
    const [oldest] = this.#roots.keys();
    if (oldest !== undefined) this.#roots.delete(oldest);
  }

  recall(key: string): string | undefined {
    return this.#roots.get(key);
  }
}

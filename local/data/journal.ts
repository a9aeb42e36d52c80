import { closeSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import type * as z from 'zod';
import type { Shelf } from './shelf.ts';

/** A file of so many lines more than it needs is written anew. */
const mostStaleLines = 5000;

/**
 * Things kept by key in a file that is only ever appended to: a change is in it before `set` or `delete` returns, so
 * that killing the process loses nothing. (It is left to the operating system when it reaches the disk.) Each line is
 * `[key, value]`, or `[key]` for what was deleted; half a line at the end is a change that was not acknowledged.
 */
export class Journal<T> implements Shelf<T> {
  readonly #path: string;
  readonly #written: () => void;
  readonly #content = new Map<string, T>();
  #file: number | undefined;
  #lines = 0;

  /** @param written is told after every change */
  constructor(path: string, schema: z.ZodType<T>, written: () => void = () => {}) {
    this.#path = path;
    this.#written = written;
    for (const [key, value] of readLines(path))
      if (value === undefined) this.#content.delete(key);
      else this.#content.set(key, schema.parse(value));
    this.#file = this.#rewrite();
  }

  get(key: string): T | undefined {
    return this.#content.get(key);
  }

  has(key: string): boolean {
    return this.#content.has(key);
  }

  entries(): Iterable<readonly [string, T]> {
    return this.#content.entries();
  }

  set(key: string, value: T): void {
    this.#content.set(key, value);
    this.#append(JSON.stringify([key, value]));
  }

  delete(key: string): void {
    if (this.#content.delete(key)) this.#append(JSON.stringify([key]));
  }

  /** Nothing is written from now on. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #append(line: string): void {
    if (this.#file === undefined) return;
    writeSync(this.#file, `${line}\n`);
    if (++this.#lines > this.#content.size + mostStaleLines) {
      closeSync(this.#file);
      this.#file = this.#rewrite();
    }
    this.#written();
  }

  /** Replaces the file by one that holds only what is there now. */
  #rewrite(): number {
    const lines = [...this.#content].map((entry) => `${JSON.stringify(entry)}\n`);
    writeFileSync(`${this.#path}.new`, lines.join(''));
    renameSync(`${this.#path}.new`, this.#path);
    this.#lines = lines.length;
    return openSync(this.#path, 'a');
  }
}

function readLines(path: string): [key: string, value: unknown][] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const entry: unknown = JSON.parse(line);
      if (!Array.isArray(entry) || typeof entry[0] !== 'string') throw new Error(`${path}: not a journal`);
      return [entry[0], entry[1]];
    });
}

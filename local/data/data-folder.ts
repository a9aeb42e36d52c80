import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { ExecutionStore } from '../states/index.ts';
import { ExecutionFiles } from './execution-files.ts';
import { Journal } from './journal.ts';
import { JsonFile } from './json-file.ts';
import type { Shelf } from './shelf.ts';
import { TimeFile } from './time-file.ts';

const savedRuns = z.object({ runs: z.number() });

/**
 * Keeps what the embedded cloud holds in a folder: everything that was acknowledged is in its files, so that ending
 * in whatever way and starting again loses nothing. DynamoDB Local keeps the tables by itself.
 */
export class DataFolder {
  readonly #path: string;
  readonly #time: TimeFile;
  readonly #files: { close(): void }[] = [];
  #now: (() => number) | undefined;

  constructor(path: string) {
    this.#path = path;
    mkdirSync(path, { recursive: true });
    this.#time = new TimeFile(join(path, 'clock'));
  }

  get tables(): string {
    return join(this.#path, 'tables');
  }

  get logs(): string {
    return join(this.#path, 'logs');
  }

  file(name: string): JsonFile {
    return new JsonFile(join(this.#path, name));
  }

  /** The clock's time when it was last kept. */
  get lastTime(): number | undefined {
    return this.#time.read();
  }

  /** Keeps the time of `now` with everything else that is kept. */
  keepTime(now: () => number): void {
    this.#now = now;
    this.tick();
  }

  /** Keeps the time. */
  tick(): void {
    if (this.#now) this.#time.write(this.#now());
  }

  /** How often the embedded cloud was started from this folder before. */
  countRun(): number {
    const file = this.file('runs.json');
    const { runs } = savedRuns.catch({ runs: 0 }).parse(file.read());
    file.write({ runs: runs + 1 });
    return runs;
  }

  /** Things kept by key, under a name. */
  shelf<T>(name: string, schema: z.ZodType<T>): Shelf<T> {
    return this.#opened(new Journal(join(this.#path, `${name}.jsonl`), schema, () => this.tick()));
  }

  executions(): ExecutionStore {
    return this.#opened(new ExecutionFiles(join(this.#path, 'executions'), () => this.tick()));
  }

  /** Keeps nothing from now on: what fails because everything is being taken down must not be remembered. */
  freeze(): void {
    this.#now = undefined;
    for (const file of this.#files) file.close();
  }

  #opened<F extends { close(): void }>(file: F): F {
    this.#files.push(file);
    return file;
  }
}

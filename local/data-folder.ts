import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import * as z from 'zod';
import type { Checkpoints } from './event-sources/stream-mapping.ts';
import { JsonFile } from './json-file.ts';
import type { Queues } from './queues.ts';
import { storedMessage } from './queues.ts';
import type { ExecutionRecord, ExecutionStore } from './states/index.ts';

const savedQueues = z.record(z.string(), z.array(storedMessage));
const savedRuns = z.object({ runs: z.number() });
const savedTime = z.object({ now: z.number() });
const savedCheckpoints = z.record(z.string(), z.string());
const executionRecord = z.custom<ExecutionRecord>(
  (value) => z.looseObject({ arn: z.string(), frames: z.instanceof(Map) }).safeParse(value).success,
);

/**
 * Keeps what the embedded cloud holds in a folder, so that stopping and starting again loses nothing. DynamoDB
 * Local keeps the tables by itself. The rest is written as soon as the event loop turns after a change.
 */
export class DataFolder {
  readonly #path: string;
  readonly #dirty = new Map<string, () => void | Promise<void>>();
  #writing: Promise<void> | undefined;
  #now: (() => number) | undefined;
  #frozen = false;

  constructor(path: string) {
    this.#path = path;
    mkdirSync(path, { recursive: true });
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
    const saved = savedTime.safeParse(this.file('clock.json').read());
    return saved.success ? saved.data.now : undefined;
  }

  /** Keeps the time of `now` with everything else that is written. */
  keepTime(now: () => number): void {
    this.#now = now;
  }

  /** How often the embedded cloud was started from this folder before. */
  countRun(): number {
    const file = this.file('runs.json');
    const { runs } = savedRuns.catch({ runs: 0 }).parse(file.read());
    file.write({ runs: runs + 1 });
    return runs;
  }

  checkpoints(): Checkpoints {
    const file = this.file('checkpoints.json');
    const saved = savedCheckpoints.catch({}).parse(file.read());
    return {
      get: (mapping, shard) => saved[`${mapping}|${shard}`],
      set: (mapping, shard, sequenceNumber) => {
        saved[`${mapping}|${shard}`] = sequenceNumber;
        this.#later('checkpoints', () => file.write(saved));
      },
    };
  }

  /** Puts back the messages that were kept (those in flight as new ones), and keeps them from now on. */
  async keepQueues(queues: Queues): Promise<void> {
    const file = this.file('queues.json');
    const saved = savedQueues.catch({}).parse(file.read());
    for (const [name, messages] of Object.entries(saved)) {
      const queue = queues.queues.get(name);
      if (queue) await queues.restore(queue, messages);
    }
    const contents = { ...saved };
    queues.onChange((queue) =>
      this.#later(`queue ${queue.name}`, async () => {
        const { ready, delayed, inflight } = await queues.inspect(queue);
        contents[queue.name] = [...inflight.map(({ message }) => message), ...ready, ...delayed];
        file.write(contents);
      }),
    );
  }

  executions(): ExecutionStore {
    const folder = join(this.#path, 'executions');
    mkdirSync(folder, { recursive: true });
    return {
      *load() {
        for (const name of readdirSync(folder))
          if (name.endsWith('.bin'))
            yield executionRecord.parse(deserialize(readFileSync(join(folder, name))));
      },
      save: (record) =>
        this.#later(record.arn, () => {
          const path = join(
            folder,
            `${record.arn.split(':').slice(6).map(encodeURIComponent).join('~')}.bin`,
          );
          writeFileSync(`${path}.new`, serialize(record));
          renameSync(`${path}.new`, path);
        }),
    };
  }

  /**
   * Writes what is left to write and nothing more: what fails because everything is being taken down must not
   * be remembered.
   */
  async freeze(): Promise<void> {
    this.#writing ??= this.#writeAll();
    while (this.#writing) await this.#writing;
    this.#frozen = true;
  }

  /** Runs `write` soon, once for all the changes until then. */
  #later(what: string, write: () => void | Promise<void>): void {
    if (this.#frozen) return;
    this.#dirty.set(what, write);
    this.#writing ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    for (let [first] = this.#dirty; first; [first] = this.#dirty) {
      this.#dirty.delete(first[0]);
      await first[1]();
    }
    if (this.#now) this.file('clock.json').write({ now: this.#now() });
    this.#writing = undefined;
  }
}

import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import * as z from 'zod';
import type { ExecutionRecord, ExecutionStore } from '../states/index.ts';

const executionRecord = z.custom<ExecutionRecord>(
  (value) => z.looseObject({ arn: z.string(), frames: z.instanceof(Map) }).safeParse(value).success,
);
/** A record as it was at one moment, with only those events of its history that came since the moment before. */
type Moment = ExecutionRecord;

const lengthBytes = 4;

/**
 * Keeps each execution in a file of its own, to which every change is appended: its state, and what is new in its
 * history. A change is in the file before `save` returns. When an execution ends, its file is written anew.
 */
export class ExecutionFiles implements ExecutionStore {
  readonly #folder: string;
  readonly #written: () => void;
  /** How much of each execution's history is in its file. */
  readonly #kept = new Map<string, number>();
  #closed = false;

  /** @param written is told after every change */
  constructor(folder: string, written: () => void = () => {}) {
    this.#folder = folder;
    this.#written = written;
    mkdirSync(folder, { recursive: true });
  }

  /** In the order in which they were started. */
  load(): Iterable<ExecutionRecord> {
    const records: ExecutionRecord[] = [];
    for (const name of readdirSync(this.#folder)) {
      if (!name.endsWith('.bin')) continue;
      const record = joined(moments(readFileSync(join(this.#folder, name))));
      if (!record) continue;
      // Also does away with half a moment at the end, which was not acknowledged.
      this.#rewrite(record);
      records.push(record);
    }
    return records.sort((a, b) => a.startDate - b.startDate);
  }

  /** Nothing is written from now on. */
  close(): void {
    this.#closed = true;
  }

  save(record: ExecutionRecord): void {
    if (this.#closed) return;
    const kept = this.#kept.get(record.arn) ?? 0;
    const path = this.#path(record);
    const isNew = kept === 0 || kept > record.history.length || !existsSync(path);
    if (isNew || record.status !== 'RUNNING') this.#rewrite(record);
    else {
      appendFileSync(path, framed({ ...record, history: record.history.slice(kept) }));
      this.#kept.set(record.arn, record.history.length);
    }
    this.#written();
  }

  #rewrite(record: ExecutionRecord): void {
    const path = this.#path(record);
    writeFileSync(`${path}.new`, framed(record));
    renameSync(`${path}.new`, path);
    this.#kept.set(record.arn, record.history.length);
  }

  #path({ arn }: ExecutionRecord): string {
    const name = arn.split(':').slice(6).map(encodeURIComponent).join('~');
    return join(this.#folder, `${name}.bin`);
  }
}

function framed(moment: Moment): Buffer {
  const content = serialize(moment);
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

function moments(bytes: Buffer): Moment[] {
  const found: Moment[] = [];
  for (let at = 0; at + lengthBytes <= bytes.length; ) {
    const end = at + lengthBytes + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    found.push(executionRecord.parse(deserialize(bytes.subarray(at + lengthBytes, end))));
    at = end;
  }
  return found;
}

function joined(found: readonly Moment[]): ExecutionRecord | undefined {
  const last = found.at(-1);
  return last && { ...last, history: found.flatMap(({ history }) => history) };
}

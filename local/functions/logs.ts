import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LogLine } from '../admin/admin-model.ts';
import type { LogSink } from './worker-thread.ts';

const keptLines = 20_000;

/** What functions wrote: the latest lines in memory and, when a folder is given, all in one file per function. */
export class Logs implements LogSink {
  readonly #lines: LogLine[] = [];
  readonly #now: () => number;
  readonly #folder: string | undefined;

  constructor(now: () => number, folder?: string) {
    this.#now = now;
    this.#folder = folder;
    if (folder !== undefined) mkdirSync(folder, { recursive: true });
  }

  write(line: { function: string; requestId?: string | undefined; text: string }): void {
    const { requestId, text } = line;
    this.#lines.push({
      time: this.#now(),
      function: line.function,
      text,
      ...(requestId === undefined ? {} : { requestId }),
    });
    if (this.#lines.length > 2 * keptLines) this.#lines.splice(0, keptLines);
    if (this.#folder !== undefined)
      appendFileSync(
        join(this.#folder, `${line.function || 'unknown'}.log`),
        `${new Date(this.#now()).toISOString()} ${requestId ?? '-'} ${text}\n`,
      );
  }

  /** Oldest first; of the function whose name contains `functionName` when given. */
  lines(functionName = ''): LogLine[] {
    return this.#lines.filter((line) => line.function.includes(functionName));
  }
}

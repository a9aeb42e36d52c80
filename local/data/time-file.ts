import { constants, openSync, readSync, writeSync } from 'node:fs';

/** Keeps a time (epoch milliseconds) in eight bytes that are replaced at once. */
export class TimeFile {
  readonly #file: number;
  readonly #bytes = Buffer.alloc(8);

  constructor(path: string) {
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT);
  }

  /** The time that was last written; undefined when none was. */
  read(): number | undefined {
    const length = readSync(this.#file, this.#bytes, 0, this.#bytes.length, 0);
    return length === this.#bytes.length ? this.#bytes.readDoubleBE() : undefined;
  }

  write(time: number): void {
    this.#bytes.writeDoubleBE(time);
    writeSync(this.#file, this.#bytes, 0, this.#bytes.length, 0);
  }
}

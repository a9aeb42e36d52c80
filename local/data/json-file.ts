import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A JSON file that is replaced as a whole, so that a crash leaves the old or the new one. */
export class JsonFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
  }

  /** The parsed content; undefined when there is no file yet. */
  read(): unknown {
    try {
      return JSON.parse(readFileSync(this.#path, 'utf8'));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw new Error(`${this.#path}: ${error instanceof Error ? error.message : error}`);
    }
  }

  write(value: unknown): void {
    writeFileSync(`${this.#path}.new`, JSON.stringify(value));
    renameSync(`${this.#path}.new`, this.#path);
  }
}

import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const recordSchema = z.object({ inputs: z.array(z.string()), stamp: z.string() });

/**
 * Remembers what a build was made of, so that it need not be made again while none of it has changed: by size and
 * time of change, as make does.
 */
export class BundleCache {
  readonly #root: string;
  readonly #file: string;
  /** What else the result depends on, such as the list of functions. */
  readonly #settings: string;

  constructor(root: string, file: string, settings: unknown) {
    this.#root = root;
    this.#file = file;
    this.#settings = JSON.stringify(settings);
  }

  /** Whether the last build was made of the same files. */
  async isCurrent(): Promise<boolean> {
    try {
      const { inputs, stamp } = recordSchema.parse(JSON.parse(await readFile(this.#file, 'utf8')));
      return (await this.#stamp(inputs)) === stamp;
    } catch {
      return false;
    }
  }

  async remember(inputs: readonly string[]): Promise<void> {
    await writeFile(this.#file, JSON.stringify({ inputs, stamp: await this.#stamp(inputs) }));
  }

  async #stamp(inputs: readonly string[]): Promise<string> {
    const files = await Promise.all(
      inputs.map(async (input) => {
        const { size, mtimeMs } = await stat(join(this.#root, input));
        return `${input} ${size} ${mtimeMs}`;
      }),
    );
    return createHash('sha256')
      .update([this.#settings, ...files].join('\n'))
      .digest('hex');
  }
}

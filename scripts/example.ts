import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Where the reference order is, from the root of the repository. */
export const REFERENCE_ORDER = 'examples/triple-play.json';

/** An order document from a file. @throws when it cannot be read or is no JSON, with the path */
export function readOrder(path: string): unknown {
  const file = resolve(path);
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}

/** The reference order. */
export const readReferenceOrder = (): unknown => readOrder(join(root, REFERENCE_ORDER));

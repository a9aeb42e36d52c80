import { createHash } from 'node:crypto';

/** Values that look random and are the same every time for the same seed. */
export interface Deterministic {
  /** From `least` to `most`, both included. */
  integer(least: number, most: number): number;
  /** A text of decimal digits. */
  digits(length: number): string;
  /** A text of letters and digits that cannot be mistaken for one another (no I, L, O, U). */
  code(length: number): string;
  pick<T>(first: T, ...others: readonly T[]): T;
}

const codeLetters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Starts a sequence of values from a seed. */
export function deterministic(seed: string): Deterministic {
  let block = 0;
  let bytes = Buffer.alloc(0);
  const unsigned = () => {
    if (bytes.length < 6) {
      const digest = createHash('sha256').update(`${seed}\n${block++}`).digest();
      bytes = Buffer.concat([bytes, digest]);
    }
    const value = bytes.readUIntBE(0, 6);
    bytes = bytes.subarray(6);
    return value;
  };
  const integer = (least: number, most: number) => least + (unsigned() % (most - least + 1));
  const text = (length: number, alphabet: string) =>
    Array.from({ length }, () => alphabet.charAt(integer(0, alphabet.length - 1))).join('');
  return {
    integer,
    digits: (length) => text(length, '0123456789'),
    code: (length) => text(length, codeLetters),
    pick: (first, ...others) => [first, ...others][integer(0, others.length)] ?? first,
  };
}

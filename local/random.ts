import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A version 4 UUID drawn from `random`. */
export function randomUuid(random: () => number): ReturnType<typeof crypto.randomUUID> {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Has this thread draw whatever is random from `random`: `Math.random`, and numbers and UUIDs of `node:crypto`. */
export function replaceRandom(random: () => number): void {
  Math.random = random;
  crypto.randomUUID = () => randomUuid(random);
  Object.assign(crypto, {
    randomInt: (first: number, second?: number) => {
      const [least, below] = second === undefined ? [0, first] : [first, second];
      return least + Math.floor(random() * (below - least));
    },
  });
  syncBuiltinESMExports();
}

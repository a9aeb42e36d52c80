import { createHash } from 'node:crypto';
import jsonata from 'jsonata';
import { randomUuid } from '#local/random.ts';
import { type Json, parseJson } from './json.ts';

/** Where functions that are not pure take time and chance from. */
export interface FunctionSources {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};
const MAX_RANGE = 1000;

const formatMillis = jsonata('$fromMillis($millis, $picture, $zone)');

/**
 * The functions that Step Functions adds to JSONata or changes in it, to be bound by name: `$eval` is gone,
 * `$now` and `$millis` tell the embedded cloud's time, `$random` and `$uuid` draw from its chance.
 */
export function stepFunctionsLibrary({ now, random }: FunctionSources): Record<string, unknown> {
  return {
    eval: undefined,
    now: (picture?: string, zone?: string) =>
      picture === undefined
        ? new Date(now()).toISOString()
        : formatMillis.evaluate(undefined, { millis: now(), picture, zone }),
    millis: () => now(),
    partition,
    range,
    hash,
    parse: (text: unknown): Json | undefined => {
      if (text === undefined) return undefined;
      if (typeof text !== 'string') throw new TypeError('Argument 1 of function "parse" must be a string');
      return parseJson(text);
    },
    random: (seed?: number) => (seed === undefined ? random() : seededRandom(seed)),
    uuid: () => randomUuid(random),
  };
}

function partition(items: unknown, size: unknown): unknown[][] | undefined {
  if (items === undefined) return undefined;
  const all: unknown[] = Array.isArray(items) ? items : [items];
  if (typeof size !== 'number' || !(Math.floor(size) > 0))
    throw new RangeError('Argument 2 of function "partition" must be a positive number');
  const step = Math.floor(size);
  return Array.from({ length: Math.ceil(all.length / step) }, (_, part) =>
    all.slice(part * step, (part + 1) * step),
  );
}

/** A JSONata sequence, so that a range of one number is that number, as AWS has it. */
function range(first: unknown, last: unknown, step: unknown): unknown {
  if (typeof first !== 'number' || typeof last !== 'number' || typeof step !== 'number' || step === 0)
    throw new TypeError('Function "range" needs three numbers, the last of which is not zero');
  const length = Math.max(0, Math.floor((last - first) / step) + 1);
  if (length > MAX_RANGE) throw new RangeError(`Function "range" gives ${MAX_RANGE} items at most`);
  const numbers = Array.from({ length }, (_, index) => first + index * step);
  return Object.assign(numbers, { sequence: true });
}

function hash(content: unknown, algorithm: unknown): string | undefined {
  if (content === undefined) return undefined;
  const name = typeof algorithm === 'string' ? HASHES[algorithm] : undefined;
  if (name === undefined)
    throw new RangeError(`Argument 2 of function "hash" must be one of ${Object.keys(HASHES).join(', ')}`);
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return createHash(name).update(text).digest('hex');
}

/** The same number in [0, 1) for the same seed. */
function seededRandom(seed: number): number {
  const digest = createHash('sha256').update(String(seed)).digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}

/** How long records stay in a stream. */
export const STREAM_RETENTION_MS = 24 * 3_600_000;

/** Records from this sequence number on were written at this time, up to the next such place. */
interface Place {
  readonly from: bigint;
  readonly at: number;
}

/**
 * When the records of streams were written, on the embedded clock: DynamoDB Local knows real time only. Streams are read
 * as soon as they are written, so it is when a record was first seen.
 */
export class RecordTimes {
  readonly #now: () => number;
  readonly #places = new Map<string, Place[]>();
  readonly #last = new Map<string, bigint>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Epoch milliseconds; a record that is behind all that were seen is written now. */
  of(stream: string, sequenceNumber: string): number {
    const number = BigInt(sequenceNumber);
    const places = this.#places.get(stream) ?? [];
    const last = this.#last.get(stream);
    if (last === undefined || number > last) {
      this.#last.set(stream, number);
      this.#places.set(stream, withPlace(places, { from: number, at: this.#now() }));
      return this.#now();
    }
    return (places.findLast(({ from }) => from <= number) ?? places[0])?.at ?? this.#now();
  }

  /** Whether a record that was seen is no longer in its stream. */
  isTrimmed(stream: string, sequenceNumber: string): boolean {
    const isSeen = BigInt(sequenceNumber) <= (this.#last.get(stream) ?? -1n);
    return isSeen && this.of(stream, sequenceNumber) < this.#now() - STREAM_RETENTION_MS;
  }
}

/** Of what was trimmed only the last place is kept. */
function withPlace(places: Place[], place: Place): Place[] {
  if (places.at(-1)?.at === place.at) return places;
  const firstKept = places.findLastIndex(({ at }) => at < place.at - STREAM_RETENTION_MS);
  return [...places.slice(Math.max(0, firstKept)), place];
}

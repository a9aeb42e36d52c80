import { createHash } from 'node:crypto';
import * as z from 'zod';

/** What differs from one run to the next although the same is done: ids, times, tokens, addresses. */
const passing: readonly RegExp[] = [
  /(?<=\/\/[\w.]+):\d+/g,
  /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi,
  /\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?/g,
  /[A-Za-z0-9+/_-]{40,}={0,2}/g,
  /\b(?=[A-Za-z]*\d)[A-Za-z0-9]{8,}\b/g,
  /\b[A-Z0-9]{8,}\b/g,
  /\d{6,}/g,
];

const recordsSchema = z.object({
  Records: z
    .array(
      z.union([
        z.object({ body: z.string() }),
        z.object({ eventName: z.string(), dynamodb: z.object({ Keys: z.unknown() }) }),
      ]),
    )
    .min(1),
});

/** Names what is being done so that it has the same name in another run. */
export function placeOf(doing: unknown): string {
  let text = JSON.stringify(doing) ?? '';
  for (const pattern of passing) text = text.replaceAll(pattern, '#');
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** The places of an event that a function is invoked with: one, or that of each record in a batch. */
export function placesOf(event: unknown): string[] {
  const batch = recordsSchema.safeParse(event);
  return batch.success ? batch.data.Records.map(placeOfRecord) : [placeOf(event)];
}

/** A message is known by its body, a change by the kind of change and the keys: batches are put together by chance. */
export function placeOfRecord(record: z.output<typeof recordsSchema>['Records'][number]): string {
  return placeOf('body' in record ? record.body : [record.eventName, record.dynamodb.Keys]);
}

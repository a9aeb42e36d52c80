import * as z from 'zod';

type Fields = Readonly<Record<string, unknown>>;

const images = ['Keys', 'NewImage', 'OldImage'] as const;
const answerSchema = z.looseObject({
  Records: z.array(z.looseObject({ dynamodb: z.looseObject({ SequenceNumber: z.string() }) })),
});

/**
 * An answer of `GetRecords` as AWS gives it: DynamoDB Local writes an empty map, at any depth of an image, as `{}`
 * instead of `{"M":{}}`, and knows neither the region nor the embedded time.
 */
export function asOnAws(
  answer: Fields,
  place: { readonly region: string; writtenAt(sequenceNumber: string): number },
): Record<string, unknown> {
  const { Records, ...rest } = answerSchema.parse(answer);
  return {
    ...rest,
    Records: Records.map((record) => ({
      ...record,
      awsRegion: place.region,
      dynamodb: {
        ...wholeRecord(record.dynamodb),
        ApproximateCreationDateTime: Math.floor(place.writtenAt(record.dynamodb.SequenceNumber) / 1000),
      },
    })),
  };
}

const wholeRecord = (record: Fields): Fields => ({
  ...record,
  ...Object.fromEntries(
    images.flatMap((name) => {
      const image = record[name];
      return isFields(image) ? [[name, wholeMap(image)]] : [];
    }),
  ),
});

const wholeMap = (map: Fields): Fields =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name, wholeValue(value)]));

function wholeValue(value: unknown): unknown {
  if (!isFields(value)) return value;
  if (Object.keys(value).length === 0) return { M: {} };
  if (isFields(value.M)) return { M: wholeMap(value.M) };
  return Array.isArray(value.L) ? { L: value.L.map(wholeValue) } : value;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

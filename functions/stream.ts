import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';

const attributes = z.record(
  z.string(),
  z.custom<AttributeValue>((value) => typeof value === 'object' && value !== null),
);

const streamEventSchema = z.object({
  Records: z.array(
    z.object({
      eventID: z.string(),
      eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
      dynamodb: z.object({
        SequenceNumber: z.string(),
        /** Epoch seconds. */
        ApproximateCreationDateTime: z.number(),
        NewImage: attributes.optional(),
        OldImage: attributes.optional(),
      }),
    }),
  ),
});

const redeliveredSchema = z.object({ redelivered: z.literal(true) });

/** Whether these records were given up before and come late (`undelivered/redeliver`): what was written since may have been handled. */
export const isRedelivered = (event: unknown): boolean => redeliveredSchema.safeParse(event).success;

/** A change of a record, with plain values; `before` is absent for a new record. */
export interface Change {
  readonly id: string;
  readonly sequenceNumber: string;
  /** ISO time of the write. */
  readonly at: string;
  readonly image: Readonly<Record<string, unknown>>;
  readonly before: Readonly<Record<string, unknown>> | undefined;
}

/** The records that a batch of a DynamoDB stream wrote, in order; removals are left out. */
export const newImages = (event: unknown): Change[] =>
  streamEventSchema.parse(event).Records.flatMap(({ eventID, dynamodb }) => {
    const { NewImage, OldImage, SequenceNumber, ApproximateCreationDateTime } = dynamodb;
    if (!NewImage) return [];
    return [
      {
        id: eventID,
        sequenceNumber: SequenceNumber,
        at: new Date(ApproximateCreationDateTime * 1000).toISOString(),
        image: unmarshall(NewImage),
        before: OldImage && unmarshall(OldImage),
      },
    ];
  });

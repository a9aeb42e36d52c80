import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context, SQSEvent } from 'aws-lambda';
import { vi } from 'vitest';

/** What Lambda says about an invocation. */
export const CONTEXT = {
  functionName: 'test',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:eu-north-1:1:function:test',
  memoryLimitInMB: '256',
  awsRequestId: 'request',
  logGroupName: 'group',
  logStreamName: 'stream',
  callbackWaitsForEmptyEventLoop: false,
  getRemainingTimeInMillis: () => 10_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
} satisfies Context;

/** Messages of a queue, `m0` first. */
export const sqsEvent = (...bodies: readonly unknown[]): SQSEvent => ({
  Records: bodies.map((body, index) => ({
    messageId: `m${index}`,
    receiptHandle: 'handle',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: 'id',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-north-1:1:queue',
    awsRegion: 'eu-north-1',
  })),
});

type Image = Readonly<Record<string, unknown>>;

/** Changes as a DynamoDB stream delivers them: pairs of the new and the old record; `1` is the first sequence number. */
export const streamEvent = (...changes: readonly { image?: Image; before?: Image }[]) => ({
  Records: changes.map(({ image, before }, index) => ({
    eventID: `e${index + 1}`,
    eventName: image ? (before ? 'MODIFY' : 'INSERT') : 'REMOVE',
    dynamodb: {
      SequenceNumber: String(index + 1),
      ApproximateCreationDateTime: Date.parse('2026-03-02T08:00:00.000Z') / 1000,
      ...(image && { NewImage: marshalled(image) }),
      ...(before && { OldImage: marshalled(before) }),
    },
  })),
});

const marshalled = (image: Image): Record<string, AttributeValue> =>
  marshall(image, { removeUndefinedValues: true });

/** Everything that was logged while it ran. */
export async function logged(run: () => Promise<unknown>): Promise<string> {
  const lines: string[] = [];
  const write = (text: unknown) => {
    lines.push(String(text));
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation(write),
  );
  try {
    await run();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return lines.join('\n');
}

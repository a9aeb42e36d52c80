import { Duration } from 'aws-cdk-lib';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** How often a message is tried before it is a dead letter. */
const MAX_RECEIVES = 5;
/** Six times the time limit of the functions that consume (AWS's recommendation). */
const VISIBILITY = Duration.seconds(180);

interface MessageQueueProps {
  readonly queueName: string;
  /** None for a queue where nothing is consumed. */
  readonly deadLetters?: IQueue | undefined;
}

/** A queue that is encrypted by SQS at no cost, takes TLS only and keeps messages as long as SQS can. */
export class MessageQueue extends Queue {
  constructor(scope: Construct, id: string, { queueName, deadLetters }: MessageQueueProps) {
    super(scope, id, {
      queueName,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      visibilityTimeout: VISIBILITY,
      ...(deadLetters && { deadLetterQueue: { queue: deadLetters, maxReceiveCount: MAX_RECEIVES } }),
    });
  }
}

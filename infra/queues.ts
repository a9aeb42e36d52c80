import { DESK_IDS, type Desk } from '#shared/domain/desks.ts';

type NamedQueue =
  | 'dead-letters'
  | 'intake-dead-letters'
  | 'undelivered'
  | 'undelivered-events'
  | 'failed-executions'
  | 'intake'
  | 'cancellations'
  | 'releases'
  | 'repair';

/** A desk's queue has the id of the desk behind `desk_`. */
export type QueueId = NamedQueue | `desk_${Desk}`;

export interface QueueDefinition {
  readonly id: QueueId;
  readonly purpose: string;
  /** Where a message goes that was received five times and handled by none of them. */
  readonly deadLetters?: QueueId;
  /** Environment variable that holds the queue's URL in every function that may send to it. */
  readonly environment?: string;
  /** Nothing is delivered from it: what stays there is looked at by operations, and an alarm says so. */
  readonly watched?: true;
}

export const deskQueueId = (desk: Desk): QueueId => `desk_${desk}`;

export const DESK_QUEUES: readonly QueueId[] = DESK_IDS.map(deskQueueId);

/**
 * Every queue of the product, dead-letter queues before those that use them. The desks share one dead-letter queue:
 * a message in it names its desk, and SQS remembers which queue it came from when it is redriven.
 */
export const QUEUES: readonly QueueDefinition[] = [
  {
    id: 'dead-letters',
    purpose: 'Messages with a task token whose task was failed, and those where even that went wrong',
    environment: 'DEAD_LETTERS_QUEUE_URL',
    watched: true,
  },
  {
    id: 'intake-dead-letters',
    purpose:
      'Orders that could not be started, and cancellations and releases that could not be carried out: redrive them',
    watched: true,
  },
  {
    id: 'undelivered-events',
    purpose: 'Stream records, events and wake-ups that their consumer could not take',
    environment: 'UNDELIVERED_EVENTS_QUEUE_URL',
    watched: true,
  },
  {
    id: 'failed-executions',
    purpose: 'Executions that ended as failed, timed out or aborted',
    watched: true,
  },
  {
    id: 'undelivered',
    purpose:
      'Messages with a task token that nobody took: the task is failed, so that no execution sleeps on',
    deadLetters: 'dead-letters',
  },
  {
    id: 'intake',
    purpose: 'Orders that were accepted and wait to be started',
    deadLetters: 'intake-dead-letters',
    environment: 'INTAKE_QUEUE_URL',
  },
  {
    id: 'cancellations',
    purpose: 'Requests to cancel an order, or items of it',
    deadLetters: 'intake-dead-letters',
    environment: 'CANCELLATIONS_QUEUE_URL',
  },
  {
    id: 'releases',
    purpose: 'Switches that went off: what they held back is let go on',
    deadLetters: 'intake-dead-letters',
    environment: 'RELEASES_QUEUE_URL',
  },
  { id: 'repair', purpose: 'Failed steps, each with a task token', deadLetters: 'undelivered' },
  ...DESK_IDS.map(
    (desk): QueueDefinition => ({
      id: deskQueueId(desk),
      purpose: `Work of desk ${desk}, each piece with a task token`,
      deadLetters: 'undelivered',
    }),
  ),
];

/** @throws Error when there is no such queue */
export function queueNamed(id: QueueId): QueueDefinition {
  const queue = QUEUES.find((candidate) => candidate.id === id);
  if (!queue) throw new Error(`There is no queue ${id}`);
  return queue;
}

import type { Facts } from '#shared/domain/facts.ts';
import type { MessageTemplate } from '#shared/domain/messages.ts';
import { tableName } from '#shared/store/client.ts';
import type { StepRecord } from '#shared/store/records.ts';
import { stepKey, suborderKey, type TransactItem } from './completion.ts';

/** A step that could not be done. */
export interface FailedStep {
  readonly order: string;
  readonly suborder: string;
  readonly step: string;
  readonly task: string;
  /** The run, when the step has no record yet. */
  readonly run: number;
  readonly at: string;
  readonly tells?: MessageTemplate | undefined;
  /** Set when its system may have done it: the earlier step, if any, whose effect it has taken back then. */
  readonly unanswered?: Pick<StepRecord, 'takesBack'> | undefined;
}

/** The write that shows a step as fallout; refused for one that is done. */
export const stepFails = ({
  order,
  suborder,
  step,
  task,
  run,
  at,
  tells,
  unanswered,
}: FailedStep): TransactItem => ({
  Update: {
    TableName: tableName('suborders'),
    Key: stepKey(order, suborder, step),
    UpdateExpression: `SET #suborder = :suborder, #step = :step, #task = :task, #run = if_not_exists(#run, :run), #status = :fallout, #at = :at${unanswered ? ', #unanswered = :true' : ''}${unanswered?.takesBack ? ', #takesBack = :takesBack' : ''}${tells ? ', #tells = :tells' : ' REMOVE #tells'}`,
    ConditionExpression: 'attribute_not_exists(sk) OR NOT #status IN (:done, :skipped)',
    ExpressionAttributeNames: {
      '#suborder': 'suborder',
      '#step': 'step',
      '#task': 'task',
      '#run': 'run',
      '#status': 'status',
      '#at': 'at',
      '#tells': 'tells',
      ...(unanswered && { '#unanswered': 'unanswered' }),
      ...(unanswered?.takesBack && { '#takesBack': 'takesBack' }),
    },
    ExpressionAttributeValues: {
      ':suborder': suborder,
      ':step': step,
      ':task': task,
      ':run': run,
      ':fallout': 'fallout',
      ':done': 'done',
      ':skipped': 'skipped',
      ':at': at,
      ...(tells && { ':tells': tells }),
      ...(unanswered && { ':true': true }),
      ...(unanswered?.takesBack && { ':takesBack': unanswered.takesBack }),
    },
  },
});

/**
 * The write that makes a message due while a step is in one of these states: its record counts them, so that each becomes an
 * event, and a message, of its own.
 * @param once refused when this run has told the customer so before
 */
export const messageDue = (
  { order, suborder, step }: Pick<StepRecord, 'order' | 'suborder' | 'step'>,
  template: MessageTemplate,
  states: readonly StepRecord['status'][],
  once = false,
): TransactItem => ({
  Update: {
    TableName: tableName('suborders'),
    Key: stepKey(order, suborder, step),
    UpdateExpression: `SET #tells = :tells${once ? ', #told = :tells' : ''} ADD #reminders :one`,
    ConditionExpression: `#status IN (${states.map((state) => `:${state}`).join(', ')})${once ? ' AND (attribute_not_exists(#told) OR #told <> :tells)' : ''}`,
    ExpressionAttributeNames: {
      '#tells': 'tells',
      '#reminders': 'reminders',
      '#status': 'status',
      ...(once && { '#told': 'told' }),
    },
    ExpressionAttributeValues: {
      ':tells': template,
      ':one': 1,
      ...Object.fromEntries(states.map((state) => [`:${state}`, state])),
    },
  },
});

/** Whether there is something to undo: the step is done, or what it did lasts until it runs again. */
export const hasAnEffect = ({ status, stands }: Pick<StepRecord, 'status' | 'stands'>): boolean =>
  status === 'done' || stands === true;

/**
 * The write that makes a step run again, under a new idempotency key. Refused when its run has changed meanwhile.
 * @param stands the effect of the run before lasts until then
 */
export const stepRunsAgain = ({ order, sk, run }: StepRecord, at: string, stands = false): TransactItem => ({
  Update: {
    TableName: tableName('suborders'),
    Key: { order, sk },
    UpdateExpression: `SET #run = :next, #status = :obsolete, #at = :at${stands ? ', #stands = :stands' : ''} REMOVE #reminders, #unanswered, #told`,
    ConditionExpression: '#run = :run',
    ExpressionAttributeNames: {
      '#run': 'run',
      '#status': 'status',
      '#at': 'at',
      '#reminders': 'reminders',
      '#unanswered': 'unanswered',
      '#told': 'told',
      ...(stands && { '#stands': 'stands' }),
    },
    ExpressionAttributeValues: {
      ':run': run,
      ':next': run + 1,
      ':obsolete': 'obsolete',
      ':at': at,
      ...(stands && { ':stands': true }),
    },
  },
});

/**
 * The write that takes steps which run again out of a suborder's progress, and keeps why as the facts `rejectedWith` (the
 * code) and `rejectedBecause` (in words).
 * @param kept facts of the rejected run that the next one starts from
 */
export const runsAgainAfter = (
  order: string,
  suborder: string,
  count: number,
  { error, cause }: { readonly error: string; readonly cause: string },
  kept: Facts,
): TransactItem => {
  const facts = Object.entries({ ...kept, rejectedWith: error, rejectedBecause: cause });
  return {
    Update: {
      TableName: tableName('suborders'),
      Key: suborderKey(order, suborder),
      UpdateExpression: `SET ${facts.map((_, index) => `#facts.#name${index} = :value${index}`).join(', ')} ADD #done :less`,
      ExpressionAttributeNames: {
        '#done': 'done',
        '#facts': 'facts',
        ...Object.fromEntries(facts.map(([name], index) => [`#name${index}`, name])),
      },
      ExpressionAttributeValues: {
        ':less': -count,
        ...Object.fromEntries(facts.map(([, value], index) => [`:value${index}`, value])),
      },
    },
  };
};

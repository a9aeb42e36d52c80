import { RETRY, RETRY_SEND, type RetryRule } from '#shared/tasks/retry.ts';
import { type Definition, jsonata, LAMBDA, QUEUE } from './compiler/definition.ts';
import type { Resources } from './compiler/resources.ts';
import { retrier } from './compiler/retrier.ts';

/** What the correspondence workflow calls, beside the desk that it tells. */
export interface CorrespondenceResources extends Pick<Resources, 'deskQueue'> {
  /** ARN of the function that has the notification system send a message. */
  readonly sendFunction: string;
}

/** An Express workflow ends after five minutes at most. */
const TIME_LIMIT_SECONDS = 300;
/** Six attempts and the pauses between (5, 10, 20, 40, 80 s at most) leave time to tell the desk. */
const ATTEMPT_SECONDS = 15;
/** How long customer care has for the call. */
const NOTICE_SECONDS = 3 * 24 * 3600;

const TECHNICAL_ERRORS = RETRY.standard[0]?.errors ?? [];

const RETRY_MESSAGE: RetryRule = {
  errors: [...TECHNICAL_ERRORS, 'AnswerPending'],
  intervalSeconds: 5,
  backoffRate: 2,
  maxAttempts: 5,
  maxDelaySeconds: 600,
};

const EVENT = '$states.input.detail';
/** Events about an order or a suborder as a whole name no step. */
const STEP = `($exists(${EVENT}.step) ? ${EVENT}.step : 'order')`;

/**
 * Tells the customer what a domain event says (`detail.tells` names the message). Nothing waits for it: when the
 * message cannot be sent, customer care gets a notice, without a token, and calls.
 */
export const correspondence = ({ sendFunction, deskQueue }: CorrespondenceResources): Definition => ({
  Comment: 'Correspondence: tells the customer. Takes seconds; ends after five minutes at most.',
  QueryLanguage: 'JSONata',
  TimeoutSeconds: TIME_LIMIT_SECONDS,
  StartAt: 'Send the message',
  States: {
    'Send the message': {
      Type: 'Task',
      Comment:
        'System notify: looks up the customer and sends the template; order, step and template are the key.',
      Resource: LAMBDA,
      Arguments: {
        FunctionName: sendFunction,
        Payload: jsonata(EVENT),
      },
      Output: {},
      TimeoutSeconds: ATTEMPT_SECONDS,
      Retry: [retrier(RETRY_MESSAGE)],
      Catch: [
        {
          ErrorEquals: ['States.ALL'],
          Assign: {
            failure: {
              error: jsonata('$states.errorOutput.Error'),
              cause: jsonata("$exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : ''"),
            },
          },
          Output: jsonata('$states.input'),
          Next: 'Ask customer care to call',
        },
      ],
      End: true,
    },
    'Ask customer care to call': {
      Type: 'Task',
      Comment: 'Desk CUSTOMER_CARE: a notice, which nothing waits for.',
      Resource: QUEUE,
      Arguments: {
        QueueUrl: deskQueue('CUSTOMER_CARE'),
        MessageBody: {
          kind: 'notice',
          desk: 'CUSTOMER_CARE',
          order: jsonata(`${EVENT}.order`),
          suborder: jsonata(`${EVENT}.suborder`),
          step: jsonata(STEP),
          task: 'correspondence.send',
          title: jsonata(`'Call the customer: ' & ${EVENT}.tells & ' could not be sent'`),
          event: jsonata(`${EVENT}.id`),
          failure: jsonata('$failure'),
          timeLimitSeconds: NOTICE_SECONDS,
        },
      },
      Output: {},
      TimeoutSeconds: 30,
      Retry: [retrier({ ...RETRY_SEND, maxAttempts: 3, maxDelaySeconds: 10 })],
      End: true,
    },
  },
});

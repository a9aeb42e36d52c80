import { RETRY } from '#shared/tasks/retry.ts';
import { type Definition, jsonata, LAMBDA, type State } from './compiler/definition.ts';
import { retrier } from './compiler/retrier.ts';

/** What a bulk repair's workflow calls. */
export interface BulkRepairResources {
  /** ARN of the function that does the next part. */
  readonly advanceFunction: string;
}

/** Ten thousand work items at one a minute, and some more. */
const TIME_LIMIT_SECONDS = 10 * 24 * 3600;
const INTERRUPTED = 'Repair is interrupted';

/**
 * Repairs many failed steps: freezes the list, then repairs batch after batch at the rate that was asked for. How far
 * it is stands in its records; a new execution goes on where this one ended.
 */
export const bulkRepair = ({ advanceFunction }: BulkRepairResources): Definition => {
  const part = (comment: string, next: string): State => ({
    Type: 'Task',
    Comment: comment,
    Resource: LAMBDA,
    Arguments: {
      FunctionName: advanceFunction,
      Payload: {
        bulkRepair: jsonata('$states.context.Execution.Input.bulkRepair'),
        run: jsonata('$states.context.Execution.Input.run'),
      },
    },
    Output: jsonata('$states.result.Payload'),
    TimeoutSeconds: 60,
    Retry: RETRY.standard.map(retrier),
    Catch: [
      {
        ErrorEquals: ['States.ALL'],
        Output: { error: jsonata('$states.errorOutput.Error') },
        Next: INTERRUPTED,
      },
    ],
    Next: next,
  });
  const says = (next: string) => jsonata(`$states.input.next = '${next}'`);
  return {
    Comment:
      'Bulk repair: many failed steps, one decision. Takes as long as its rate asks; ends after ten days at most.',
    QueryLanguage: 'JSONata',
    TimeoutSeconds: TIME_LIMIT_SECONDS,
    StartAt: 'Freeze the list',
    States: {
      'Freeze the list': part(
        'Milepost: writes down which failed steps the filter selects.',
        'Is the list frozen?',
      ),
      'Is the list frozen?': {
        Type: 'Choice',
        Comment: 'A dry run ends here.',
        Choices: [
          { Condition: says('select'), Next: 'Freeze the list' },
          { Condition: says('repair'), Next: 'Keep the rate' },
        ],
        Default: 'Over',
      },
      'Keep the rate': {
        Type: 'Wait',
        Comment: 'So many work items a minute and no more.',
        Seconds: jsonata('$states.input.waitSeconds'),
        Next: 'Repair a batch',
      },
      'Repair a batch': part('Milepost: decides some work items, each once.', 'Is anything left?'),
      'Is anything left?': {
        Type: 'Choice',
        Comment: 'Until all are done, too many fail, or a person pauses or stops it.',
        Choices: [{ Condition: says('repair'), Next: 'Keep the rate' }],
        Default: 'Over',
      },
      [INTERRUPTED]: {
        Type: 'Task',
        Comment:
          'Milepost: says in the record that it was interrupted and by what; a person starts it again.',
        Resource: LAMBDA,
        Arguments: {
          FunctionName: advanceFunction,
          Payload: {
            bulkRepair: jsonata('$states.context.Execution.Input.bulkRepair'),
            run: jsonata('$states.context.Execution.Input.run'),
            gaveUp: jsonata('$states.input.error'),
          },
        },
        Output: {},
        TimeoutSeconds: 60,
        Retry: RETRY.standard.map(retrier),
        End: true,
      },
      Over: { Type: 'Succeed', Comment: 'Its record says what came of it.' },
    },
  };
};

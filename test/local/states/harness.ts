import { Activity } from '#local/activity.ts';
import type { AwsCall } from '#local/aws.ts';
import { ManualClock } from '#local/clock.ts';
import { seededRandom } from '#local/random.ts';
import {
  type ExecutionStore,
  StepFunctions,
  type StepFunctionsObserver,
  type Transition,
} from '#local/states/index.ts';

export const SECOND = 1000;
export const HOUR = 3600 * SECOND;
export const START = Date.parse('2025-01-01T00:00:00Z');
export const MACHINE = 'arn:aws:states:eu-west-1:111111111111:stateMachine:Machine';
export const EXECUTION = 'arn:aws:states:eu-west-1:111111111111:execution:Machine';
export const FUNCTION = 'arn:aws:lambda:eu-west-1:111111111111:function:work';

/** Answers a call; what it throws fails the call. */
export type Answer = (call: AwsCall) => unknown;

/** An engine on a clock of its own, with one state machine and a backend that answers as the test says. */
export class Bench {
  readonly clock: ManualClock;
  readonly activity = new Activity();
  readonly calls: AwsCall[] = [];
  readonly transitions: Transition[] = [];
  readonly statuses: string[] = [];
  readonly engine: StepFunctions;
  answer: Answer = () => ({ StatusCode: 200, ExecutedVersion: '$LATEST', Payload: { done: true } });

  constructor(options: { now?: number; store?: ExecutionStore } = {}) {
    this.clock = new ManualClock(options.now ?? START);
    const observer: StepFunctionsObserver = {
      onTransition: (transition) => void this.transitions.push(transition),
      onExecutionStatusChange: ({ status }) => void this.statuses.push(status),
    };
    this.engine = new StepFunctions({
      clock: this.clock,
      activity: this.activity,
      backend: {
        call: async (call) => {
          this.calls.push(call);
          return this.answer(call);
        },
      },
      random: seededRandom(1),
      region: 'eu-west-1',
      account: '111111111111',
      observer,
      ...(options.store ? { store: options.store } : {}),
    });
  }

  load(
    states: Record<string, unknown>,
    rest: Record<string, unknown> = {},
    type: 'STANDARD' | 'EXPRESS' = 'STANDARD',
  ): void {
    const definition = { QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states, ...rest };
    this.engine.load({ arn: MACHINE, name: 'Machine', definition, roleArn: 'role', type });
  }

  /** Starts the machine and lets it come to rest. */
  async run(input: unknown = {}, name = 'one'): Promise<string> {
    const { executionArn } = this.engine.start({
      stateMachineArn: MACHINE,
      name,
      input: JSON.stringify(input),
    });
    await this.settle();
    return executionArn;
  }

  async settle(): Promise<void> {
    await this.activity.idle();
  }

  async pass(millis: number): Promise<void> {
    await this.clock.advanceTo(this.clock.now() + millis, () => this.settle());
  }

  output(executionArn: string): unknown {
    const { output, ...rest } = this.engine.describe(executionArn);
    return output === undefined ? { failed: rest.error, cause: rest.cause } : JSON.parse(output);
  }

  types(executionArn: string): string[] {
    return this.engine.history({ executionArn, maxResults: 1000 }).events.map(({ type }) => type);
  }

  /** The token in the last call that carried one. */
  token(): string {
    const tokens = this.calls.map(({ input }) =>
      /"token":"([^"]+)"/.exec(JSON.stringify(input).replaceAll('\\"', '"')),
    );
    return tokens.findLast((found) => found !== null)?.[1] ?? '';
  }
}

export const callback = (extra: Record<string, unknown> = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
  Arguments: { QueueUrl: 'queue', MessageBody: { token: '{% $states.context.Task.Token %}' } },
  End: true,
  ...extra,
});

export const invoke = (extra: Record<string, unknown> = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: FUNCTION, Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  End: true,
  ...extra,
});

export const failedFunction = (errorType: string) => ({
  StatusCode: 200,
  ExecutedVersion: '$LATEST',
  FunctionError: 'Unhandled',
  Payload: { errorType, errorMessage: 'no' },
});

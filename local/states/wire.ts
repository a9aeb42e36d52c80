import * as z from 'zod';
import { AwsError } from '#local/aws.ts';
import type { StepFunctions } from './engine.ts';
import type { ExecutionDescription, HistoryEvent, StateMachineDescription } from './model.ts';
import { SECOND } from './time.ts';

/** One call of the Step Functions API as it goes over the wire. */
export interface StatesRequest {
  /** The part of `X-Amz-Target` after `AWSStepFunctions.`. */
  readonly action: string;
  /** The parsed JSON body. */
  readonly body: unknown;
  /** ARN of the caller's role; who may call what is decided before a request comes here. */
  readonly principal: string;
}

type Answer = Record<string, unknown>;
type Handler = (engine: StepFunctions, body: unknown) => Answer | Promise<Answer>;

const arn = z.string().min(1).max(256);
const text = z.string();
const paging = { maxResults: z.int().min(0).max(1000).optional(), nextToken: z.string().optional() };
const status = z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']);

/** A handler whose body has been checked. */
function on<T>(
  schema: z.ZodType<T>,
  handle: (engine: StepFunctions, body: T) => Answer | Promise<Answer>,
): Handler {
  return (engine, body) => {
    const parsed = schema.safeParse(body ?? {});
    if (!parsed.success) throw invalid(parsed.error);
    return handle(engine, parsed.data);
  };
}

const HANDLERS: Readonly<Record<string, Handler>> = {
  StartExecution: on(
    z.object({ stateMachineArn: arn, name: text.optional(), input: text.optional() }),
    (engine, body) => {
      const { executionArn, startDate } = engine.start(body);
      return { executionArn, startDate: epochSeconds(startDate) };
    },
  ),
  DescribeExecution: on(z.object({ executionArn: arn }), (engine, { executionArn }) => ({
    ...executionOnWire(engine.describe(executionArn)),
  })),
  ListExecutions: on(
    z.object({ stateMachineArn: arn, statusFilter: status.optional(), ...paging }),
    (engine, body) => {
      const { executions, nextToken } = engine.list(body);
      return { executions: executions.map(executionInList), nextToken };
    },
  ),
  GetExecutionHistory: on(
    z.object({
      executionArn: arn,
      reverseOrder: z.boolean().optional(),
      includeExecutionData: z.boolean().optional(),
      ...paging,
    }),
    (engine, body) => {
      const { events, nextToken } = engine.history(body);
      return {
        events: events.map((event) => eventOnWire(event, body.includeExecutionData ?? true)),
        nextToken,
      };
    },
  ),
  StopExecution: on(
    z.object({ executionArn: arn, error: text.optional(), cause: text.optional() }),
    async (engine, body) => ({ stopDate: epochSeconds((await engine.stop(body)).stopDate) }),
  ),
  SendTaskSuccess: on(z.object({ taskToken: text, output: text }), (engine, body) => {
    engine.sendTaskSuccess(body);
    return {};
  }),
  SendTaskFailure: on(
    z.object({ taskToken: text, error: text.optional(), cause: text.optional() }),
    (engine, body) => {
      engine.sendTaskFailure(body);
      return {};
    },
  ),
  SendTaskHeartbeat: on(z.object({ taskToken: text }), (engine, body) => {
    engine.sendTaskHeartbeat(body);
    return {};
  }),
  RedriveExecution: on(z.object({ executionArn: arn }), (engine, body) => ({
    redriveDate: epochSeconds(engine.redrive(body).redriveDate),
  })),
  ListStateMachines: on(z.object({}), (engine) => ({
    stateMachines: engine.listStateMachines().map(machineInList),
  })),
  DescribeStateMachine: on(z.object({ stateMachineArn: arn }), (engine, { stateMachineArn }) => {
    const machine = engine.describeStateMachine(stateMachineArn);
    return {
      ...machineInList(machine),
      definition: machine.definition,
      roleArn: machine.roleArn,
      status: 'ACTIVE',
      tracingConfiguration: { enabled: false },
    };
  }),
  DescribeStateMachineForExecution: on(z.object({ executionArn: arn }), (engine, { executionArn }) => {
    const { stateMachineArn, name, definition, roleArn, creationDate } =
      engine.describeStateMachineForExecution(executionArn);
    return { stateMachineArn, name, definition, roleArn, updateDate: epochSeconds(creationDate) };
  }),
};

/**
 * Answers one call of the Step Functions API as it goes over the wire (AWS JSON 1.0): what goes back as JSON,
 * dates in epoch seconds.
 * @throws {AwsError} as AWS answers it; UnsupportedOperation for actions that the embedded cloud has not
 */
export async function statesWire(engine: StepFunctions, request: StatesRequest): Promise<Answer> {
  const handler = Object.hasOwn(HANDLERS, request.action) ? HANDLERS[request.action] : undefined;
  if (!handler)
    throw new AwsError('UnsupportedOperation', `Step Functions here does not support ${request.action}`);
  return handler(engine, request.body);
}

function invalid(error: z.ZodError): AwsError {
  const problems = error.issues.map(
    ({ path, message }) => `Value at '${path.join('.')}' failed to satisfy constraint: ${message}`,
  );
  const count = `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected`;
  return new AwsError('ValidationException', `${count}: ${problems.join('; ')}`);
}

function epochSeconds(millis: number): number {
  return millis / SECOND;
}

function executionInList(execution: ExecutionDescription): Answer {
  const { executionArn, stateMachineArn, name, status, startDate, stopDate, redriveCount, redriveDate } =
    execution;
  return {
    executionArn,
    stateMachineArn,
    name,
    status,
    startDate: epochSeconds(startDate),
    ...(stopDate === undefined ? {} : { stopDate: epochSeconds(stopDate) }),
    redriveCount,
    ...(redriveDate === undefined ? {} : { redriveDate: epochSeconds(redriveDate) }),
  };
}

function executionOnWire(execution: ExecutionDescription): Answer {
  const { input, output, error, cause, redriveStatus, redriveStatusReason } = execution;
  return {
    ...executionInList(execution),
    input,
    inputDetails: { included: true },
    ...(output === undefined ? {} : { output, outputDetails: { included: true } }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
    redriveStatus,
    ...(redriveStatusReason === undefined ? {} : { redriveStatusReason }),
  };
}

const DATA_FIELDS = new Set(['input', 'inputDetails', 'output', 'outputDetails', 'parameters']);

function eventOnWire({ details, timestamp, ...event }: HistoryEvent, withData: boolean): Answer {
  const entries = Object.entries(details?.value ?? {});
  const kept = withData ? entries : entries.filter(([field]) => !DATA_FIELDS.has(field));
  return {
    ...event,
    timestamp: epochSeconds(timestamp),
    ...(details === undefined ? {} : { [details.key]: Object.fromEntries(kept) }),
  };
}

function machineInList({ stateMachineArn, name, type, creationDate }: StateMachineDescription): Answer {
  return { stateMachineArn, name, type, creationDate: epochSeconds(creationDate) };
}

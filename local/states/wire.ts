import * as z from 'zod';
import { AwsError } from '#local/aws.ts';
import type { StepFunctions } from './engine.ts';
import type { ExecutionDescription, HistoryEvent, StateMachineDescription } from './model.ts';
import { LARGEST_PAGE } from './paging.ts';
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
const token = z.string().min(1).max(2048);
const reasons = { error: z.string().max(256).optional(), cause: z.string().max(32_768).optional() };
const paging = { maxResults: z.int().min(0).max(LARGEST_PAGE).optional(), nextToken: z.string().optional() };
const included = { includedData: z.enum(['ALL_DATA', 'METADATA_ONLY']).default('ALL_DATA') };
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
    z.strictObject({
      stateMachineArn: arn,
      name: text.optional(),
      input: text.optional(),
      /** Taken for the caller's sake; there is no X-Ray here. */
      traceHeader: text.optional(),
    }),
    (engine, body) => {
      const { executionArn, startDate } = engine.start(body);
      return { executionArn, startDate: epochSeconds(startDate) };
    },
  ),
  DescribeExecution: on(
    z.strictObject({ executionArn: arn, ...included }),
    (engine, { executionArn, includedData }) => {
      const execution = executionOnWire(engine.describe(executionArn));
      return includedData === 'ALL_DATA' ? execution : withoutData(execution);
    },
  ),
  ListExecutions: on(
    z.strictObject({
      stateMachineArn: arn,
      statusFilter: status.optional(),
      redriveFilter: z.enum(['REDRIVEN', 'NOT_REDRIVEN']).optional(),
      ...paging,
    }),
    (engine, body) => {
      const { executions, nextToken } = engine.list(body);
      return { executions: executions.map(executionInList), nextToken };
    },
  ),
  GetExecutionHistory: on(
    z.strictObject({
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
  StopExecution: on(z.strictObject({ executionArn: arn, ...reasons }), async (engine, body) => ({
    stopDate: epochSeconds((await engine.stop(body)).stopDate),
  })),
  SendTaskSuccess: on(z.strictObject({ taskToken: token, output: text }), (engine, body) => {
    engine.sendTaskSuccess(body);
    return {};
  }),
  SendTaskFailure: on(z.strictObject({ taskToken: token, ...reasons }), (engine, body) => {
    engine.sendTaskFailure(body);
    return {};
  }),
  SendTaskHeartbeat: on(z.strictObject({ taskToken: token }), (engine, body) => {
    engine.sendTaskHeartbeat(body);
    return {};
  }),
  RedriveExecution: on(
    z.strictObject({ executionArn: arn, clientToken: z.string().optional() }),
    (engine, body) => ({
      redriveDate: epochSeconds(engine.redrive(body).redriveDate),
    }),
  ),
  ListStateMachines: on(z.strictObject(paging), (engine, body) => {
    const { stateMachines, nextToken } = engine.listStateMachines(body);
    return { stateMachines: stateMachines.map(machineInList), nextToken };
  }),
  DescribeStateMachine: on(
    z.strictObject({ stateMachineArn: arn, ...included }),
    (engine, { stateMachineArn, includedData }) => {
      const { definition, roleArn, ...machine } = engine.describeStateMachine(stateMachineArn);
      const described = {
        ...machineInList(machine),
        ...{ definition, roleArn, status: 'ACTIVE', tracingConfiguration: { enabled: false } },
      };
      return includedData === 'ALL_DATA' ? described : withoutData(described);
    },
  ),
  DescribeStateMachineForExecution: on(
    z.strictObject({ executionArn: arn, ...included }),
    (engine, { executionArn, includedData }) => {
      const { stateMachineArn, name, definition, roleArn, creationDate } =
        engine.describeStateMachineForExecution(executionArn);
      const updateDate = epochSeconds(creationDate);
      const described = { stateMachineArn, name, definition, roleArn, updateDate };
      return includedData === 'ALL_DATA' ? described : withoutData(described);
    },
  ),
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

const DATA_FIELDS = new Set([
  'assignedVariables',
  'assignedVariablesDetails',
  'cause',
  'definition',
  'error',
  'input',
  'inputDetails',
  'output',
  'outputDetails',
  'parameters',
]);

/** The answer without what it is about: what METADATA_ONLY asks for. */
function withoutData(answer: Readonly<Answer>): Answer {
  return Object.fromEntries(Object.entries(answer).filter(([field]) => !DATA_FIELDS.has(field)));
}

function eventOnWire({ details, timestamp, ...event }: HistoryEvent, withData: boolean): Answer {
  return {
    ...event,
    timestamp: epochSeconds(timestamp),
    ...(details === undefined
      ? {}
      : { [details.key]: withData ? details.value : withoutData(details.value) }),
  };
}

function machineInList({
  stateMachineArn,
  name,
  type,
  creationDate,
}: Omit<StateMachineDescription, 'definition' | 'roleArn'>): Answer {
  return { stateMachineArn, name, type, creationDate: epochSeconds(creationDate) };
}

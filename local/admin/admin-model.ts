import * as z from 'zod';

/** A synthesized resource as it exists in the embedded cloud. */
export const cloudResource = z.object({
  stack: z.string(),
  logicalId: z.string(),
  type: z.string(),
  /** What `Ref` answers: a name, an ARN or, for queues, the URL. */
  physicalId: z.string(),
  /** Name within its service, such as the table or function name. */
  name: z.string(),
  arn: z.string().optional(),
  /** Path of the construct it came from, when the template tells. */
  path: z.string().optional(),
});
export type CloudResource = z.output<typeof cloudResource>;

/** All resources, and each stack's outputs by name. */
export const cloudResources = z.object({
  resources: z.array(cloudResource),
  outputs: z.record(z.string(), z.record(z.string(), z.unknown())),
});
export type CloudResources = z.output<typeof cloudResources>;

/** One action on one resource that a policy of the assembly allows. */
export const grant = z.object({
  /** Name of the role, or ARN of the resource that the policy is attached to. */
  holder: z.string(),
  policy: z.string(),
  /** Its statement: the `Sid`, or the position from 0. */
  statement: z.string(),
  /** Pattern of the action; `NotAction` for a statement that names what it leaves out. */
  action: z.string(),
  /** Pattern of the resource. */
  resource: z.string(),
  /** Whether a call was allowed by it so far. */
  used: z.boolean(),
});
export type Grant = z.output<typeof grant>;

/** How much of one billable thing was used. */
export const usage = z.object({
  /** `states`, `lambda`, `dynamodb`, `sqs`, `events`, `apigateway`, `secretsmanager`, `scheduler`, `logs`. */
  service: z.string(),
  /** API action or, for `states`, `StateTransition`. */
  operation: z.string(),
  unit: z.string(),
  /** Name of the function, table, queue, state machine, bus or API. */
  resource: z.string(),
  quantity: z.number(),
});
export type Usage = z.output<typeof usage>;

/** What was used since the meter was last reset. */
export const meterReading = z.object({
  total: z.array(usage),
  /** By the request, execution or timer that all of it goes back to; an execution has a trace of its own. */
  traces: z.array(
    z.object({
      /** X-Ray style trace id. */
      root: z.string(),
      /** The trace in whose course this one began. */
      parent: z.string().optional(),
      /** The execution's name or the HTTP request's id; then names of executions whose task tokens were answered. */
      names: z.array(z.string()),
      usage: z.array(usage),
    }),
  ),
});
export type MeterReading = z.output<typeof meterReading>;

/** One line that a function wrote. */
export const logLine = z.object({
  time: z.number(),
  function: z.string(),
  requestId: z.string().optional(),
  text: z.string(),
});
export type LogLine = z.output<typeof logLine>;

/** What can go wrong on purpose. */
const faultKind = z.enum([
  /** The function is not run and answers an error. */
  'function-error-before',
  /** The function is run to its end and its answer is replaced by an error. */
  'function-error-after',
  /** The function is run to its end and answers a time-out. */
  'function-timeout',
  /** The function's process ends at an AWS call, made or not: it goes no further, and its answer is lost. */
  'kill',
  /** The invocation or AWS call is throttled. */
  'throttle',
  /** Queue messages, stream records or events for the target of a rule are delivered twice. */
  'duplicate',
  /** Queue messages come later than those behind them; not in FIFO queues. */
  'reorder',
]);

/**
 * Faults to inject, each with a probability from 0 to 1, decided by the seed. `resource` limits a rule to functions,
 * queues, tables, rules or actions (`sqs:SendMessage`) whose name contains it; `spareApi` leaves alone what the HTTP
 * API invokes, where the caller would have to try again.
 */
export const faultPlan = z.strictObject({
  seed: z.int().default(1),
  rules: z.array(
    z.strictObject({
      kind: faultKind,
      probability: z.number().min(0).max(1),
      resource: z.string().optional(),
      spareApi: z.boolean().default(false),
    }),
  ),
});
export type FaultPlan = z.input<typeof faultPlan>;

/** A fault that struck. */
export const fault = z.object({
  kind: faultKind,
  /** Name of the function, queue, table, rule or action. */
  resource: z.string(),
  /** What was being done there, by a name that it has in every run. */
  place: z.string(),
});
export type Fault = z.output<typeof fault>;

/** What moving the clock answers. */
export const clockState = z.object({
  now: z.number(),
  /** Whether it stands still until it is moved. */
  manual: z.boolean(),
  /** When the next timer of a manual clock is due, if any is set. */
  nextDue: z.number().optional(),
});
export type ClockState = z.output<typeof clockState>;

/** A request to move a manual clock. */
export const clockMove = z.union([
  z.strictObject({ advance: z.number().nonnegative() }),
  z.strictObject({ advanceTo: z.number() }),
  /** To the next timer, but no further than the given time. */
  z.strictObject({ nextUntil: z.number() }),
]);
export type ClockMove = z.output<typeof clockMove>;

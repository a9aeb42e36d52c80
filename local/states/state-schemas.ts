import * as z from 'zod';
import { expressionIn } from './expressions.ts';
import type { Json } from './json.ts';
import { withoutSuffix } from './paths.ts';
import { parseTimestamp } from './time.ts';

const MAX_SECONDS = 99_999_999;
const VARIABLE = /^[\p{ID_Start}_][\p{ID_Continue}]{0,79}$/u;

const expression = z
  .string()
  .refine((text) => expressionIn(text) !== undefined, 'must be a JSONata string, "{% … %}"');
const template = z.json();
const variableName = z
  .string()
  .refine((name) => VARIABLE.test(name) && name !== 'states', 'is no name for a variable');
const assignments = z.record(variableName, z.json());
const seconds = z.union([z.int().min(1).max(MAX_SECONDS), expression]);
const amount = z.union([z.int().min(0), expression]);
const errorNames = z.array(z.string()).min(1);

function isTimestamp(text: string): boolean {
  return expressionIn(text) !== undefined || parseTimestamp(text) !== undefined;
}

const common = {
  Comment: z.string().optional(),
  QueryLanguage: z.enum(['JSONata', 'JSONPath']).optional(),
};
const transition = { Next: z.string().optional(), End: z.boolean().optional() };
const produce = { Output: template.optional(), Assign: assignments.optional() };

const retrier = z.strictObject({
  Comment: z.string().optional(),
  ErrorEquals: errorNames,
  IntervalSeconds: z.int().min(1).max(MAX_SECONDS).optional(),
  MaxAttempts: z.int().min(0).max(MAX_SECONDS).optional(),
  BackoffRate: z.number().min(1).optional(),
  MaxDelaySeconds: z.int().min(1).max(31_622_400).optional(),
  JitterStrategy: z.enum(['FULL', 'NONE']).optional(),
});
const catcher = z.strictObject({
  Comment: z.string().optional(),
  ErrorEquals: errorNames,
  Next: z.string(),
  ...produce,
});
const recovery = { Retry: z.array(retrier).default([]), Catch: z.array(catcher).default([]) };

/** A machine, branch or item processor before its states are looked at. */
export const nested = z.looseObject({ StartAt: z.string(), States: z.record(z.string(), z.json()) });

export const passSchema = z.strictObject({ Type: z.literal('Pass'), ...common, ...transition, ...produce });
export const taskSchema = z.strictObject({
  Type: z.literal('Task'),
  ...common,
  ...transition,
  ...produce,
  ...recovery,
  Resource: z.string(),
  Arguments: template.optional(),
  Credentials: z.strictObject({ RoleArn: z.string() }).optional(),
  TimeoutSeconds: seconds.optional(),
  HeartbeatSeconds: seconds.optional(),
});
export const choiceSchema = z.strictObject({
  Type: z.literal('Choice'),
  ...common,
  ...produce,
  Choices: z
    .array(
      z.strictObject({
        Comment: z.string().optional(),
        Condition: z.union([z.boolean(), expression]),
        Next: z.string(),
        ...produce,
      }),
    )
    .min(1),
  Default: z.string().optional(),
});
export const waitSchema = z.strictObject({
  Type: z.literal('Wait'),
  ...common,
  ...transition,
  ...produce,
  Seconds: z.union([z.int().min(0).max(MAX_SECONDS), expression]).optional(),
  Timestamp: z.string().refine(isTimestamp, 'must be an ISO-8601 date-time with offset').optional(),
});
export const succeedSchema = z.strictObject({
  Type: z.literal('Succeed'),
  ...common,
  Output: template.optional(),
});
export const failSchema = z.strictObject({
  Type: z.literal('Fail'),
  ...common,
  Error: z.string().optional(),
  Cause: z.string().optional(),
});
export const parallelSchema = z.strictObject({
  Type: z.literal('Parallel'),
  ...common,
  ...transition,
  ...produce,
  ...recovery,
  Arguments: template.optional(),
  Branches: z.array(z.json()).min(1),
});
export const mapSchema = z.strictObject({
  Type: z.literal('Map'),
  ...common,
  ...transition,
  ...produce,
  ...recovery,
  Items: z.union([z.array(z.json()), expression]).optional(),
  ItemReader: z
    .strictObject({
      Resource: z.literal('arn:aws:states:::s3:getObject'),
      ReaderConfig: z.strictObject({
        InputType: z.enum(['JSON', 'JSONL']),
        MaxItems: amount.optional(),
      }),
      Arguments: template,
    })
    .optional(),
  ItemSelector: template.optional(),
  ItemBatcher: z
    .strictObject({
      MaxItemsPerBatch: amount.optional(),
      MaxInputBytesPerBatch: amount.optional(),
      BatchInput: template.optional(),
    })
    .refine((batcher) => batcher.MaxItemsPerBatch ?? batcher.MaxInputBytesPerBatch, {
      error: 'needs MaxItemsPerBatch or MaxInputBytesPerBatch',
    })
    .optional(),
  ItemProcessor: z.json(),
  MaxConcurrency: amount.optional(),
  ToleratedFailureCount: amount.optional(),
  ToleratedFailurePercentage: z.union([z.number().min(0).max(100), expression]).optional(),
  Label: z.string().max(40).optional(),
});
export const processorSchema = z.strictObject({
  Comment: z.string().optional(),
  ProcessorConfig: z
    .strictObject({
      Mode: z.enum(['INLINE', 'DISTRIBUTED']).default('INLINE'),
      ExecutionType: z.enum(['STANDARD', 'EXPRESS']).optional(),
    })
    .default({ Mode: 'INLINE' }),
  StartAt: z.string(),
  States: z.record(z.string(), z.json()),
});
export const branchSchema = z.strictObject({
  Comment: z.string().optional(),
  StartAt: z.string(),
  States: z.record(z.string(), z.json()),
});
export const machineSchema = z.strictObject({
  Comment: z.string().optional(),
  Version: z.literal('1.0').optional(),
  QueryLanguage: z.enum(['JSONata', 'JSONPath']).default('JSONPath'),
  TimeoutSeconds: z.int().min(1).max(MAX_SECONDS).optional(),
  StartAt: z.string(),
  States: z.record(z.string(), z.json()),
});

export const SCHEMAS = {
  Pass: passSchema,
  Task: taskSchema,
  Choice: choiceSchema,
  Wait: waitSchema,
  Succeed: succeedSchema,
  Fail: failSchema,
  Parallel: parallelSchema,
  Map: mapSchema,
} as const;

export const anyState = z.discriminatedUnion('Type', [
  passSchema,
  taskSchema,
  choiceSchema,
  waitSchema,
  succeedSchema,
  failSchema,
  parallelSchema,
  mapSchema,
]);

export type Retrier = z.infer<typeof retrier>;
export type Catcher = z.infer<typeof catcher>;

/** Where a state in JSONPath takes its input from and what it makes of its result. */
const inputAndOutput = {
  InputPath: z.string().nullable().optional(),
  OutputPath: z.string().nullable().optional(),
};
const pathAssign = {
  Assign: z
    .record(z.string(), z.json())
    .refine(
      (assigned) => Object.keys(assigned).every((key) => VARIABLE.test(withoutSuffix(key))),
      'is no name for a variable',
    )
    .optional(),
};
const pathResult = { ...inputAndOutput, ResultPath: z.string().nullable().optional(), ...pathAssign };
const pathCatcher = z.strictObject({
  Comment: z.string().optional(),
  ErrorEquals: errorNames,
  Next: z.string(),
  ResultPath: z.string().nullable().optional(),
  ...pathAssign,
});

/** The states that are run in JSONPath beside states in JSONata. */
export const pathState = z.discriminatedUnion('Type', [
  z.strictObject({
    Type: z.literal('Pass'),
    ...common,
    ...transition,
    ...pathResult,
    Parameters: template.optional(),
    Result: template.optional(),
  }),
  z.strictObject({
    Type: z.literal('Task'),
    ...common,
    ...transition,
    ...pathResult,
    Resource: z.string(),
    Parameters: template.optional(),
    ResultSelector: template.optional(),
    Credentials: z.strictObject({ RoleArn: z.string() }).optional(),
    TimeoutSeconds: z.int().min(1).max(MAX_SECONDS).optional(),
    HeartbeatSeconds: z.int().min(1).max(MAX_SECONDS).optional(),
    Retry: recovery.Retry,
    Catch: z.array(pathCatcher).default([]),
  }),
  z.strictObject({
    Type: z.literal('Wait'),
    ...common,
    ...transition,
    ...inputAndOutput,
    ...pathAssign,
    Seconds: z.int().min(0).max(MAX_SECONDS).optional(),
    Timestamp: z.string().refine(isTimestamp, 'must be an ISO-8601 date-time with offset').optional(),
  }),
  z.strictObject({ Type: z.literal('Succeed'), ...common, ...inputAndOutput }),
  failSchema,
]);

/** How a state in JSONPath passes data on. */
export interface PathFields {
  readonly InputPath?: string | null | undefined;
  readonly Parameters?: Json | undefined;
  readonly Result?: Json | undefined;
  readonly ResultSelector?: Json | undefined;
  readonly ResultPath?: string | null | undefined;
  readonly OutputPath?: string | null | undefined;
}

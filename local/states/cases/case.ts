import * as z from 'zod';

const otherMachine = z.looseObject({
  type: z.enum(['STANDARD', 'EXPRESS']).default('STANDARD'),
  definition: z.json(),
});

/**
 * A recorded execution: a definition, its input, what stood around it, and what AWS answered. Fields that say
 * where it came from are let through and not looked at.
 */
export const caseSchema = z.looseObject({
  definition: z.json(),
  /** The input's text as it was given to StartExecution. */
  inputRaw: z.string(),
  /** Handler files by function name and by function ARN. */
  lambdas: z.record(z.string(), z.string()).default({}),
  /** Resources that were there. */
  setup: z
    .array(z.looseObject({ service: z.string(), op: z.string(), args: z.record(z.string(), z.json()) }))
    .default([]),
  /** Who took part from outside the state machine. */
  actors: z
    .array(
      z.looseObject({
        actor: z.string(),
        args: z.array(z.json()).default([]),
        calls: z.array(z.looseObject({ op: z.string() })).default([]),
      }),
    )
    .default([]),
  /** State machines that the one under test starts, by ARN. */
  otherStateMachines: z.record(z.string(), otherMachine).default({}),
});

export type Case = z.infer<typeof caseSchema>;

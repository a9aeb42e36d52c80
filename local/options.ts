import * as z from 'zod';

/** How an embedded cloud is started. */
export const cloudOptions = z.strictObject({
  /** Folder of the synthesized CDK cloud assembly (`cdk.out`). */
  assembly: z.string(),
  /** Port on 127.0.0.1 for the HTTP API, the AWS endpoint and the admin API; 0 picks a free one. */
  port: z.int().min(0).max(65535).default(0),
  /** Where tables, queues and executions are kept between runs; without it everything is in memory. */
  dataFolder: z.string().optional(),
  /**
   * `real` follows the machine's time, `manual` stands still until it is moved, `speed` runs that many times
   * faster than real time while nothing is under way, and stands still while something is.
   */
  clock: z
    .union([z.literal(['real', 'manual']), z.strictObject({ speed: z.number().positive() })])
    .default('real'),
  /** Time at which the clock starts, unless a data folder tells where it was; now unless given. */
  start: z.coerce.date().optional(),
  /**
   * Values of the templates' `CfnParameter`s. In these and the next two, `{{url}}` stands for the cloud's base
   * URL and `{{issuer}}` for the issuer of its own tokens.
   */
  parameters: z.record(z.string(), z.string()).default({}),
  /** Values by parameter name that replace those in the template. */
  ssm: z.record(z.string(), z.string()).default({}),
  /** Values by secret name that replace those in the template. */
  secrets: z.record(z.string(), z.string()).default({}),
  /** Whether the templates' rules and schedules fire at their times; when not, `fire` does. */
  schedules: z.boolean().default(true),
  /** Whether the account's quotas hold: rates of the Step Functions API, functions at once, messages in flight. */
  quotas: z.boolean().default(false),
  /** Seed of everything random: jitter, generated names, faults. */
  seed: z.int().default(1),
  /**
   * Whether functions and readers of streams take turns, in an order that does not depend on the machine: with the same seed, one
   * order at a time then has the same history to the last event, on a machine that is not overloaded. Slower, as nothing runs side by side.
   */
  sequential: z.boolean().default(false),
  /** Milliseconds that every Lambda invocation is billed with; measured when not given. */
  billedDurationMs: z.number().positive().optional(),
  region: z.string().default('eu-central-1'),
  account: z
    .string()
    .regex(/^\d{12}$/)
    .default('000000000000'),
});

/** Options as callers give them; see {@link cloudOptions} for each one's meaning and default. */
export type CloudOptions = z.input<typeof cloudOptions>;

/** Options with every default filled in. */
export type ResolvedCloudOptions = z.output<typeof cloudOptions>;

import * as z from 'zod';
import type { Activity } from '../activity.ts';
import type { AwsBackend } from '../aws.ts';
import type { Clock } from '../clock.ts';
import type { eventSourceMappingSchema } from '../cloudformation/resource-schemas.ts';
import type { Faults } from '../faults/faults.ts';
import type { Answer } from '../functions/answer.ts';
import type { DeployedFunction } from '../functions/deployed-function.ts';
import type { Lambda } from '../functions/lambda.ts';

/** What every event source mapping works with. */
export interface MappingOptions {
  readonly id: string;
  readonly definition: z.output<typeof eventSourceMappingSchema>;
  readonly target: DeployedFunction;
  readonly lambda: Lambda;
  readonly backend: AwsBackend;
  readonly clock: Clock;
  readonly activity: Activity;
  readonly faults: Faults;
  readonly region: string;
}

const batchResponse = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish(),
});

/** How a function dealt with a batch: `all` failed, or the items with these identifiers. */
export type BatchOutcome = { readonly failed: 'all' } | { readonly failed: ReadonlySet<string> };

/** Runs the function on a batch; a failure of any kind is an outcome. */
export async function runBatch(
  { lambda, target, definition }: MappingOptions,
  records: readonly { readonly identifier: string; readonly record: unknown }[],
): Promise<BatchOutcome> {
  let answer: Answer;
  try {
    answer = await lambda.invoke(target, { Records: records.map(({ record }) => record) });
  } catch {
    return { failed: 'all' };
  }
  if (answer.error !== undefined) return { failed: 'all' };
  if (definition.FunctionResponseTypes.length === 0 || answer.payload === null) return { failed: new Set() };
  const response = batchResponse.safeParse(answer.payload);
  if (!response.success) return { failed: 'all' };
  const failed = new Set((response.data.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier));
  // An identifier that is not in the batch makes the whole batch fail, as on AWS.
  const known = new Set(records.map(({ identifier }) => identifier));
  return [...failed].every((identifier) => known.has(identifier)) ? { failed } : { failed: 'all' };
}

import { ERROR } from './errors.ts';
import type { ExecutionRecord, Outcome } from './execution.ts';
import { parseJson } from './json.ts';

/** How a child execution's end looks to the task that waited for it. */
export function childOutcome(child: ExecutionRecord, parsed: boolean): Outcome {
  const included = { Included: true };
  const redrivable = child.status === 'SUCCEEDED' ? 'NOT_REDRIVABLE' : 'REDRIVABLE';
  const described = {
    ...(child.cause === undefined ? {} : { Cause: child.cause }),
    ...(child.error === undefined ? {} : { Error: child.error }),
    ExecutionArn: child.arn,
    Input: parsed && child.status === 'SUCCEEDED' ? parseJson(child.input) : child.input,
    InputDetails: included,
    Name: child.name,
    ...(child.output === undefined
      ? {}
      : { Output: parsed ? parseJson(child.output) : child.output, OutputDetails: included }),
    RedriveCount: child.redriveCount,
    RedriveStatus: redrivable,
    ...(redrivable === 'REDRIVABLE'
      ? {}
      : { RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven' }),
    StartDate: child.startDate,
    StateMachineArn: child.stateMachineArn,
    Status: child.status,
    StopDate: child.stopDate ?? null,
  };
  if (child.status === 'SUCCEEDED') return { ok: true, value: described };
  return { ok: false, failure: { error: ERROR.taskFailed, cause: JSON.stringify(described) } };
}

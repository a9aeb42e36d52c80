import type { StepFunctions } from './engine.ts';

/**
 * Answers one call of the Step Functions API as it goes over the wire (AWS JSON 1.0).
 * `action` is the part of `X-Amz-Target` after `AWSStepFunctions.`, `body` the parsed JSON body, `principal`
 * the ARN of the caller's role. Answers what goes back as JSON, dates in epoch seconds.
 * @throws {AwsError} as AWS answers it
 */
export async function statesWire(
  _engine: StepFunctions,
  _request: { readonly action: string; readonly body: unknown; readonly principal: string },
): Promise<Record<string, unknown>> {
  throw new Error('not yet built');
}

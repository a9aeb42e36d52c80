import * as z from 'zod';
import {
  AnswerPending,
  BusinessRejection,
  ContractViolation,
  TechnicalError,
} from '#shared/domain/errors.ts';
import type { SystemId } from '#shared/domain/systems.ts';

/** Where a system is and how we prove who we are. */
export interface SystemAccess {
  readonly baseUrl: string;
  readonly credential: string;
}

/** Looks up where a system is. */
export type SystemDirectory = (system: SystemId) => Promise<SystemAccess>;

/** One operation of an underlying system. */
export interface SystemCall {
  readonly system: SystemId;
  /** The task's name, such as `stock.reserve`. */
  readonly operation: string;
  /** The same for every retry of the step: the system has one effect per key. */
  readonly idempotencyKey: string;
  /** The order number, for the system's own logs. */
  readonly correlationId: string;
  /** Which step of the order calls, as `02.reserve`, for the system's own logs. */
  readonly step: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export type CallSystem = (call: SystemCall) => Promise<Readonly<Record<string, unknown>>>;

const TIME_LIMIT_MS = 20_000;

const rejectionSchema = z.object({
  code: z.string(),
  detail: z.string().optional(),
  title: z.string().optional(),
});
const outputsSchema = z.record(z.string(), z.unknown());

/**
 * Calls underlying systems by the contract in `docs/underlying-systems.openapi.yaml`.
 *
 * 200 answers the outputs. Anything else is thrown: 202 {@link AnswerPending} (call again with the same key);
 * 422 {@link BusinessRejection} with the system's code; 409, 429, 5xx and no answer in 20 s
 * {@link TechnicalError}; everything else {@link ContractViolation}.
 */
export const systemCaller =
  (directory: SystemDirectory, http: typeof fetch = fetch): CallSystem =>
  async ({ system, operation, idempotencyKey, correlationId, step, body }) => {
    const { baseUrl, credential } = await directory(system);
    let response: Response;
    let text: string;
    try {
      response = await http(`${baseUrl}/${operation}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${credential}`,
          'idempotency-key': idempotencyKey,
          'x-correlation-id': correlationId,
          'x-step': step,
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TIME_LIMIT_MS),
      });
      text = await response.text();
    } catch (error) {
      const code = error instanceof Error && error.name === 'TimeoutError' ? 'Timeout' : 'Unavailable';
      throw new TechnicalError(code, `${system} did not answer ${operation}${networkCode(error)}`);
    }
    const { status } = response;
    if (status === 202) throw new AnswerPending(system, operation);
    if (status === 409) throw new TechnicalError('Conflict', `${system} reports a conflict for ${operation}`);
    if (status === 429) throw new TechnicalError('Throttled', `${system} throttles ${operation}`);
    if (status === 504) throw new TechnicalError('Timeout', `${system} timed out on ${operation}`);
    if (status >= 500)
      throw new TechnicalError('Unavailable', `${system} answered ${status} to ${operation}`);
    if (status === 200) return parse(outputsSchema, text, system, operation);
    if (status === 422) {
      const { code, detail, title } = parse(rejectionSchema, text, system, operation);
      throw new BusinessRejection(code, detail ?? title ?? `${system} rejected ${operation}`);
    }
    throw new ContractViolation(system, operation, `status ${status}`);
  };

const networkErrorSchema = z.object({ cause: z.object({ code: z.string() }) });

/** What the network said, such as ` (ECONNREFUSED)`; the error itself can quote a header, and so the credential. */
function networkCode(error: unknown): string {
  const { data } = networkErrorSchema.safeParse(error);
  return data ? ` (${data.cause.code})` : '';
}

function parse<T>(schema: z.ZodType<T>, text: string, system: SystemId, operation: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new ContractViolation(
      system,
      operation,
      error instanceof SyntaxError ? 'not JSON' : 'unexpected answer',
    );
  }
}

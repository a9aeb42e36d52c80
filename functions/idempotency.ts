import { createHash } from 'node:crypto';
import { InvalidRequest } from '#shared/domain/errors.ts';
import type { Idempotency } from '#shared/store/orders.ts';
import type { HttpRequest } from './http.ts';

const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * What makes a request recognisable when it comes again: its `Idempotency-Key`, the client that sent it, and its body.
 * Undefined without the header.
 * @throws InvalidRequest (`InvalidHeader`) when the key is not 1 to 255 visible ASCII characters
 */
export function idempotencyOf(request: HttpRequest): Idempotency | undefined {
  const key = idempotencyKeyOf(request);
  if (key === undefined) return undefined;
  return { client: request.caller.clientId, key, bodyHash: bodyHashOf(request.body) };
}

/** @throws InvalidRequest (`InvalidHeader`) when the key is not 1 to 255 visible ASCII characters */
export function idempotencyKeyOf({ headers }: HttpRequest): string | undefined {
  const key = headers['idempotency-key'];
  if (key !== undefined && !KEY.test(key))
    throw new InvalidRequest(
      [{ pointer: 'Idempotency-Key', message: 'must be 1 to 255 visible ASCII characters' }],
      'InvalidHeader',
    );
  return key;
}

/** The hash of a body as canonical JSON, so that neither spaces nor the order of attributes count. */
export const bodyHashOf = (body: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(canonical(body)))
    .digest('hex');

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, entry]) => [name, canonical(entry)]),
  );
}

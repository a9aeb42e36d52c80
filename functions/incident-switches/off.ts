import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { NotFound } from '#shared/domain/errors.ts';
import { reasonSchema } from '#shared/domain/reason.ts';
import { SWITCH_KINDS, switchOff } from '#shared/holds/switches.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { parse } from '#shared/tmf622/pointer.ts';
import { type Handle, httpHandler } from '../http.ts';
import type { Release } from './release.ts';

const bodySchema = z.strictObject({ reason: reasonSchema.optional() });

/**
 * `POST /incident-switches/{id}/off`: what was parked is let go on, at the pace of `release`. A switch that
 * is off already may be switched off again: should the first request have ended in between, what it left is let go on.
 */
export const off =
  (deps: Dependencies, send: (message: Release) => Promise<void>): Handle =>
  async ({ path: { id = '' }, body, caller }) => {
    if (!SWITCH_ID.test(id)) throw new NotFound('Switch', id.slice(0, 120));
    const { reason } = parse(bodySchema, body ?? {});
    const at = deps.now().toISOString();
    await switchOff(deps, { id, by: caller.sub, at, reason });
    await send({ id, from: at, released: 0 });
    return { status: 204 };
  };

const SWITCH_ID = new RegExp(`^(${SWITCH_KINDS.join('|')}):[a-z0-9.-]{1,100}$`);

const sqs = new SQSClient();

export const handler = httpHandler({
  errors: 'problem',
  body: 'optional',
  handle: off(defaultDependencies(), async (message) => {
    const QueueUrl = process.env.RELEASES_QUEUE_URL;
    if (!QueueUrl) throw new Error('The environment variable RELEASES_QUEUE_URL is not set');
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }));
  }),
});

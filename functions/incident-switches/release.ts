import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { heldBy, release } from '#shared/holds/held-waits.ts';
import { readSwitches, switchId } from '#shared/holds/switches.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { queueHandler } from '../queue.ts';

/** Which switch went off, when, and how many of its waits have been let go since. */
const releaseSchema = z.object({ id: z.string(), from: z.iso.datetime(), released: z.int() });
export type Release = z.infer<typeof releaseSchema>;

/** A system that has just come back is not asked for everything at once. */
const PER_SECOND = 10;
const PAGE = 100;

/**
 * Lets go on what a switch held back, so many a second, page by page. When the switch is on again, the rest stays.
 */
export const releaseHeld =
  (deps: Dependencies, sendOn: (message: Release) => Promise<void>) =>
  async (body: unknown): Promise<void> => {
    const { id, from, released } = releaseSchema.parse(body);
    const on = await readSwitches(deps);
    if (on.some((one) => switchId(one) === id)) return;
    const held = await heldBy(deps, id, PAGE);
    for (const [index, wait] of held.entries()) {
      const seconds = Math.floor((released + index) / PER_SECOND);
      await release(deps, id, wait, new Date(Date.parse(from) + seconds * 1000));
    }
    if (held.length === PAGE) await sendOn({ id, from, released: released + PAGE });
  };

const sqs = new SQSClient();

export const handler = queueHandler(
  releaseHeld(defaultDependencies(), async (message) => {
    const QueueUrl = process.env.RELEASES_QUEUE_URL;
    if (!QueueUrl) throw new Error('The environment variable RELEASES_QUEUE_URL is not set');
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }));
  }),
);

import { readCloudEvent } from '#shared/inbox/cloud-event.ts';
import { receiveEvent } from '#shared/inbox/receive.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { type Handle, httpHandler } from '../http.ts';

/** Takes in a CloudEvent; whatever becomes of it, it is accepted once it is in the inbox. */
export const receive =
  (deps: Dependencies): Handle =>
  async ({ headers, body }) => {
    const event = readCloudEvent(headers, body);
    return { status: 202, body: { id: event.id, status: await receiveEvent(deps, event) } };
  };

export const handler = httpHandler({
  errors: 'problem',
  body: 'optional',
  handle: receive(defaultDependencies()),
});

import { readCloudEvent } from '#shared/inbox/cloud-event.ts';
import { placeOrder } from '#shared/inbox/place-order.ts';
import { receiveEvent } from '#shared/inbox/receive.ts';
import { TRIGGERS } from '#shared/inbox/triggers.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { type Handle, httpHandler } from '../http.ts';

/** Takes in a CloudEvent; whatever becomes of it, it is accepted once it is in the inbox. */
export const receive =
  (deps: Dependencies): Handle =>
  async ({ headers, body }) => {
    const event = readCloudEvent(headers, body);
    const trigger = TRIGGERS.get(event.type);
    const became = trigger
      ? await placeOrder(deps, trigger, event)
      : { status: await receiveEvent(deps, event) };
    return { status: 202, body: { id: event.id, ...became } };
  };

export const handler = httpHandler({
  errors: 'problem',
  body: 'optional',
  handle: receive(defaultDependencies()),
});

import * as z from 'zod';
import type { CallSystem } from '#shared/clients/underlying-system.ts';
import { MESSAGE_TEMPLATES, MESSAGES } from '#shared/domain/messages.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { getOrderFacts } from '#shared/steps/order-facts.ts';
import { readHeader } from '#shared/store/orders.ts';
import { getSteps } from '#shared/store/suborders.ts';
import { systemDependencies } from '../connector.ts';
import { taskHandler } from '../task-handler.ts';

const messageSchema = z.object({
  order: z.string(),
  suborder: z.string(),
  step: z.string().default('order'),
  run: z.int().default(1),
  reminder: z.int().optional(),
  /** The end of the order that is expected, when the message is about that. */
  date: z.iso.datetime().optional(),
  tells: z.enum(MESSAGE_TEMPLATES),
});

/**
 * Has the notification system write to the customer. It knows the customer's addresses by id, so none pass through
 * here; the key (order, suborder, step, run, template, reminder and date) makes a message that is asked for twice one message.
 * A date that comes late is not told when the customer has been told another one since.
 */
export const send =
  (deps: Dependencies & { readonly callSystem: CallSystem }) =>
  async ({ order, suborder, step, run, tells, reminder, date }: z.output<typeof messageSchema>) => {
    if (date !== undefined && (await readHeader(deps, order))?.toldDate !== date) return { overtaken: true };
    const which = [tells, reminder, date].filter((part) => part !== undefined).join('-');
    const customerId =
      (await getOrderFacts(deps, order)).customerId ?? (await foundCustomer(deps, order, suborder));
    return deps.callSystem({
      system: 'notify',
      operation: 'message.send',
      idempotencyKey: `${order}-${suborder}-${step}-${run}-${which}`,
      correlationId: order,
      step: `${suborder}.${step}.${which}`,
      body: {
        template: tells,
        channels: MESSAGES[tells].channels,
        recipient: customerId,
        params: { order, suborder, step, ...(date !== undefined && { date }) },
      },
    });
  };

/** The customer of an order that does not name one, as a step has found them. */
async function foundCustomer(
  deps: Dependencies,
  order: string,
  suborder: string,
): Promise<string | undefined> {
  const steps = await getSteps(deps, order, suborder);
  return steps.map(({ outputs }) => outputs.customerId).find((id) => typeof id === 'string');
}

export const handler = taskHandler(messageSchema, send(systemDependencies));

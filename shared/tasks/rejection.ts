import * as z from 'zod';
import { DESK_IDS, type Desk } from '#shared/domain/desks.ts';
import { FLAG_NAMES, type Flag } from '#shared/domain/flags.ts';
import { MESSAGE_TEMPLATES, type MessageTemplate } from '#shared/domain/messages.ts';

const tells = z.enum(MESSAGE_TEMPLATES).optional();

/**
 * What happens when a task is rejected:
 * `fallout` a work item opens on a desk; `ask-customer` the customer is asked, then the step runs again; with `from`, what
 * an earlier step asked for is put right, and the flow goes back to that step;
 * `rerun-from` the flow goes back to a step (or runs the same again: `SELF`), at most `atMost` times (then a person
 * looks), with the rejection's code kept as the fact `rejectedWith`, and a flag set if it names one; `continue-with-flag` the step counts as done and a
 * flag is set; `cancel-item` the suborder is undone and cancelled: it is not
 * wanted any more, or may not be had; `fail-item` it is undone and has failed: it cannot be delivered; `end-flow` the suborder is complete, with what was
 * done so far.
 */
export const rejectionRuleSchema = z.discriminatedUnion('action', [
  z.object({ action: z.literal('fallout'), desk: z.enum(DESK_IDS), from: z.string().optional(), tells }),
  z.object({ action: z.literal('ask-customer'), from: z.string().optional(), tells }),
  z.object({
    action: z.literal('rerun-from'),
    step: z.string(),
    atMost: z.int().optional(),
    flag: z.enum(FLAG_NAMES).optional(),
    tells,
  }),
  z.object({
    action: z.literal('continue-with-flag'),
    flag: z.enum(FLAG_NAMES),
    /** What the step would have reached is not reached. */
    misses: z.literal(true).optional(),
    tells,
  }),
  z.object({ action: z.literal('cancel-item'), tells }),
  z.object({ action: z.literal('fail-item'), tells }),
  z.object({ action: z.literal('end-flow'), outcome: z.string(), tells }),
]);
export type RejectionRule = Readonly<z.output<typeof rejectionRuleSchema>>;

/** Rejection code → what happens. */
export type Rejections = Readonly<Record<string, RejectionRule>>;

type Extra = { tells?: MessageTemplate };
/** For what a person sees to. */
type ByHand = Extra & { from?: string };
export const fallout = (desk: Desk, extra: ByHand = {}) => ({ action: 'fallout', desk, ...extra }) as const;
export const askCustomer = (extra: ByHand = {}) => ({ action: 'ask-customer', ...extra }) as const;
export const rerunFrom = (step: string, extra: Extra & { atMost?: number; flag?: Flag } = {}) =>
  ({ action: 'rerun-from', step, ...extra }) as const;
export const continueWithFlag = (flag: Flag, extra: Extra & { misses?: true } = {}) =>
  ({ action: 'continue-with-flag', flag, ...extra }) as const;
export const cancelItem = (extra: Extra = {}) => ({ action: 'cancel-item', ...extra }) as const;
export const failItem = (extra: Extra = {}) => ({ action: 'fail-item', ...extra }) as const;
/** @param outcome why nothing more is to be done, such as `PAID` */
export const endFlow = (outcome: string, extra: Extra = {}) =>
  ({ action: 'end-flow', outcome, ...extra }) as const;

/** As the step of `rerunFrom`: the step itself runs, or waits, again. */
export const SELF = 'self';

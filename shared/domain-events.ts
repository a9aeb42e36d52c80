import * as z from 'zod';
import { MESSAGE_TEMPLATES } from '#shared/domain/messages.ts';
import { MANAGEMENT } from '#shared/domain/suborders.ts';
import {
  CANCELLATION,
  cancellationSchema,
  orderHeaderSchema,
  stepSchema,
  suborderSchema,
} from '#shared/store/records.ts';
import { LEVELS } from '#shared/timing/jeopardy.ts';

/** What every domain event says: ids and progress, no personal data. */
const common = z.object({
  /** The same when the event is delivered again. */
  id: z.string(),
  order: z.string(),
  suborder: z.string(),
  at: z.iso.datetime(),
  /** The message that the customer is to get. */
  tells: z.enum(MESSAGE_TEMPLATES).optional(),
});

export const domainEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('OrderAccepted'), detail: common }),
  z.object({
    type: z.literal('OrderStateChanged'),
    detail: common.extend({ state: z.string(), before: z.string() }),
  }),
  z.object({
    /** A change of the order was accepted; `run` counts them. */
    type: z.literal('OrderAmended'),
    detail: common.extend({ run: z.int() }),
  }),
  z.object({
    /** The order is more, or less, at risk than before. */
    type: z.literal('OrderJeopardyChanged'),
    detail: common.extend({
      level: z.enum(LEVELS),
      before: z.enum(LEVELS),
      expectedCompletionDate: z.iso.datetime().optional(),
    }),
  }),
  z.object({
    /** The order will be late, and the customer is told the date that is expected now. */
    type: z.literal('OrderDelayed'),
    detail: common.extend({ date: z.iso.datetime() }),
  }),
  z.object({
    type: z.literal('SuborderStateChanged'),
    detail: common.extend({ flow: z.string(), state: z.string(), before: z.string() }),
  }),
  z.object({
    type: z.literal('StepCompleted'),
    detail: common.extend({
      step: z.string(),
      task: z.string(),
      /** Which run of the step: going back to it counts up. */
      run: z.int(),
      reaches: z.string().optional(),
    }),
  }),
  z.object({
    type: z.literal('StepFailed'),
    detail: common.extend({ step: z.string(), task: z.string(), run: z.int() }),
  }),
  z.object({
    /** A request to cancel an order or items of it; `step` tells one from another in messages. */
    type: z.literal('CancellationStateChanged'),
    detail: common.extend({ cancellation: z.string(), step: z.string(), state: z.string() }),
  }),
  z.object({
    /** A step waits, and the customer is told so, or reminded. */
    type: z.literal('MessageDue'),
    detail: common.extend({
      step: z.string(),
      task: z.string(),
      run: z.int(),
      /** Which reminder it is, the first is 1. */
      reminder: z.int().optional(),
    }),
  }),
]);
export type DomainEvent = z.output<typeof domainEventSchema>;

/** A change of a record in the `orders` or `suborders` table. */
export interface RecordChange {
  readonly id: string;
  readonly at: string;
  readonly image: Readonly<Record<string, unknown>>;
  readonly before: Readonly<Record<string, unknown>> | undefined;
}

/** The domain events that a change of a record stands for; most changes stand for none. */
export function domainEvents({ id, at, image, before }: RecordChange): DomainEvent[] {
  const key = String(image.sk);
  if (key === 'HEADER') return orderEvents(id, at, image, before);
  if (key.startsWith(CANCELLATION)) return cancellationEvents(id, at, image, before);
  if (key.startsWith('SUBORDER#')) return suborderEvents(id, at, image, before);
  if (key.startsWith('STEP#')) return stepEvents(id, image, before);
  return [];
}

function orderEvents(id: string, at: string, image: unknown, before: RecordChange['before']): DomainEvent[] {
  const { order, state, orderDate, jeopardy, toldDate, expectedCompletionDate, amendments, charged } =
    orderHeaderSchema.parse(image);
  const detail = { id, order, suborder: MANAGEMENT };
  if (!before)
    return [{ type: 'OrderAccepted', detail: { ...detail, at: orderDate, tells: 'ORDER_RECEIVED' } }];
  const was = orderHeaderSchema.parse(before);
  const level = jeopardy?.level ?? 'none';
  const levelBefore = was.jeopardy?.level ?? 'none';
  return [
    ...(was.state === state
      ? []
      : [
          {
            type: 'OrderStateChanged' as const,
            detail: {
              ...detail,
              at,
              state,
              before: was.state,
              ...((state === 'cancelled' || state === 'failed') && { tells: 'ORDER_CANCELLED' as const }),
            },
          },
        ]),
    ...(amendments === undefined || was.amendments === amendments
      ? []
      : [
          {
            type: 'OrderAmended' as const,
            detail: {
              ...detail,
              id: `${id}-amended`,
              at,
              run: amendments,
              tells: charged === amendments ? ('AMENDMENT_CHARGED' as const) : ('ORDER_AMENDED' as const),
            },
          },
        ]),
    ...(levelBefore === level
      ? []
      : [
          {
            type: 'OrderJeopardyChanged' as const,
            detail: {
              ...detail,
              id: `${id}-jeopardy`,
              at,
              level,
              before: levelBefore,
              expectedCompletionDate,
            },
          },
        ]),
    ...(toldDate === undefined || was.toldDate === toldDate
      ? []
      : [
          {
            type: 'OrderDelayed' as const,
            detail: { ...detail, id: `${id}-delayed`, at, date: toldDate, tells: 'ORDER_DELAYED' as const },
          },
        ]),
  ];
}

/** The customer is told what a cancellation costs as soon as it is accepted, and that it is refused. */
function cancellationEvents(
  id: string,
  at: string,
  image: unknown,
  before: RecordChange['before'],
): DomainEvent[] {
  const { order, cancellation, taskState, charges = [] } = cancellationSchema.parse(image);
  const was = before && cancellationSchema.parse(before);
  const isCharged = charges.length > 0 && (was?.charges ?? []).length === 0;
  if (was?.taskState === taskState && !isCharged) return [];
  const tells = isCharged
    ? 'CANCELLATION_CHARGED'
    : taskState === 'terminatedWithError'
      ? 'CANCELLATION_REFUSED'
      : undefined;
  return [
    {
      type: 'CancellationStateChanged',
      detail: {
        id,
        order,
        suborder: MANAGEMENT,
        at,
        cancellation,
        step: `cancellation-${cancellation.slice(cancellation.lastIndexOf('-') + 1)}`,
        state: taskState,
        ...(tells && { tells }),
      },
    },
  ];
}

function suborderEvents(
  id: string,
  at: string,
  image: unknown,
  before: RecordChange['before'],
): DomainEvent[] {
  const { order, suborder, flow, state } = suborderSchema.parse(image);
  const was = before ? suborderSchema.parse(before).state : 'acknowledged';
  if (was === state) return [];
  return [{ type: 'SuborderStateChanged', detail: { id, order, suborder, at, flow, state, before: was } }];
}

function stepEvents(id: string, image: unknown, before: RecordChange['before']): DomainEvent[] {
  const { order, suborder, step, task, status, run, at, reaches, tells, reminders } = stepSchema.parse(image);
  const was = before && stepSchema.parse(before);
  const detail = { id, order, suborder, at, step, task, run, ...(tells && { tells }) };
  const failsAgain = status === 'fallout' && was?.at !== at;
  if (was?.status === status && was.run === run && !failsAgain)
    return reminders !== undefined && reminders !== was.reminders
      ? [{ type: 'MessageDue', detail: { ...detail, reminder: reminders } }]
      : [];
  if (status === 'waiting' && tells) return [{ type: 'MessageDue', detail }];
  // A step that reaches nothing and tells nobody is of interest to its own flow only: the order's history has it.
  if (status === 'done' && (reaches || tells))
    return [{ type: 'StepCompleted', detail: { ...detail, ...(reaches && { reaches }) } }];
  if (status === 'fallout') return [{ type: 'StepFailed', detail }];
  return [];
}

import * as z from 'zod';
import { DESK_IDS } from '#shared/domain/desks.ts';
import { MESSAGE_TEMPLATES } from '#shared/domain/messages.ts';
import { MILESTONES } from '#shared/domain/milestones.ts';
import { attemptSchema } from '#shared/steps/waits.ts';
import { suborderNumberSchema, type Wait, type WorkItem } from '#shared/store/records.ts';

/** What a flow sends to a desk's queue: the token, and what the person needs to know. */
export const deskMessageSchema = z.object({
  /** A bearer secret: it goes into the wait and nowhere else. */
  taskToken: z.string().min(1),
  attempt: attemptSchema,
  order: z.string(),
  suborder: suborderNumberSchema,
  step: z.string(),
  task: z.string(),
  title: z.string(),
  desk: z.enum(DESK_IDS),
  kind: z.enum(['manual', 'fallout', 'undo']),
  timeLimitSeconds: z.int().positive(),
  reaches: z.enum(MILESTONES).optional(),
  tells: z.enum(MESSAGE_TEMPLATES).optional(),
  announces: z.enum(MESSAGE_TEMPLATES).optional(),
  /** Inputs that the flow fixes for this step. */
  with: z.record(z.string(), z.unknown()).optional(),
  /** For fallout: where it happened (the step, or its gate), the error and its cause. */
  failure: z
    .object({
      step: z.string().optional(),
      error: z.string(),
      cause: z.string().default(''),
      attempts: z.int().optional(),
      undo: z.string().optional(),
    })
    .optional(),
});
export type DeskMessage = z.infer<typeof deskMessageSchema>;

/** What correspondence sends when a message could not be sent: work that nothing waits for. */
export const noticeSchema = z.object({
  kind: z.literal('notice'),
  order: z.string(),
  suborder: suborderNumberSchema,
  step: z.string(),
  task: z.string(),
  title: z.string(),
  desk: z.enum(DESK_IDS),
  /** Id of the domain event that asked for the message. */
  event: z.string(),
  timeLimitSeconds: z.int().positive(),
  failure: z.object({ error: z.string(), cause: z.string() }),
});
export type Notice = z.infer<typeof noticeSchema>;

/** What every message puts on its desk, where nobody has taken it yet. @param seconds until it is due */
export const opened = <Kind extends WorkItem['kind']>(
  workItem: string,
  message: Pick<Notice, 'order' | 'suborder' | 'step' | 'task' | 'title' | 'desk'> & { readonly kind: Kind },
  now: Date,
  seconds: number,
) => {
  const { kind, desk, order, suborder, step, task, title } = message;
  return {
    ...{ workItem, kind, desk, order, suborder, step, task, title },
    state: 'open',
    openedAt: now.toISOString(),
    dueAt: secondsLater(now, seconds),
    version: 1,
  } as const;
};

export const secondsLater = (from: Date, seconds: number): string =>
  new Date(from.getTime() + seconds * 1000).toISOString();

const WAIT_KINDS = { manual: 'manual', fallout: 'repair', undo: 'undo' } as const satisfies Record<
  DeskMessage['kind'],
  Wait['kind']
>;

/** The kind of wait that a piece of work resumes. */
export const waitKindOf = (kind: DeskMessage['kind']): 'manual' | 'repair' | 'undo' => WAIT_KINDS[kind];

import * as z from 'zod';
import { DESK_IDS } from '#shared/domain/desks.ts';
import { MESSAGE_TEMPLATES } from '#shared/domain/messages.ts';
import { MILESTONES } from '#shared/domain/milestones.ts';
import { attemptSchema } from '#shared/steps/waits.ts';
import { rejectionRuleSchema } from '#shared/tasks/rejection.ts';

/** What a flow's `Repair` state sends. */
export const repairMessageSchema = z.object({
  taskToken: z.string(),
  attempt: attemptSchema,
  order: z.string(),
  suborder: z.string(),
  failure: z.object({
    /** The step, or `<step>.gate` for the gate before it. */
    step: z.string(),
    task: z.string(),
    reaches: z.enum(MILESTONES).optional(),
    tells: z.enum(MESSAGE_TEMPLATES).optional(),
    error: z.string(),
    cause: z.string(),
    /** How often it was tried. */
    attempts: z.int().optional(),
    onReject: z.record(z.string(), rejectionRuleSchema).optional(),
    desk: z.enum(DESK_IDS).optional(),
  }),
  /** The compensation that failed, when it was the undo of a step. */
  undo: z.string().optional(),
  timeLimitSeconds: z.int(),
});
export type RepairMessage = z.output<typeof repairMessageSchema>;

/** The step that a failure is about, its gate included. */
export const failedStep = ({ failure }: RepairMessage): string => failure.step.replace(/\.gate$/, '');

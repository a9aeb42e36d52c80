import type * as z from 'zod';
import { taskNamed } from '#shared/tasks/registry.ts';

/** How long something is waited for is what its flow makes of dates that have names of their own. */
const OF_THE_FLOW = 'dueAt';

/** The inputs of a task that somebody else than its flow can correct, by name. */
export const correctable = (task: string): z.ZodRawShape =>
  Object.fromEntries(
    Object.entries(taskNamed(task)?.input.shape ?? {}).filter(([name]) => name !== OF_THE_FLOW),
  );

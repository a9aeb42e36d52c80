import * as z from 'zod';
import { StateConflict } from '#shared/domain/errors.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import type { WorkItem } from '#shared/store/records.ts';
import { taskNamed } from '#shared/tasks/registry.ts';
import { parse } from '#shared/tmf622/pointer.ts';
import type { Employee } from './employee.ts';
import { finishWorkItem } from './finish.ts';

/** The codes with which a work item can be rejected; none for anything but the manual work of a flow. */
export const rejectionsOf = ({ kind, task }: Pick<WorkItem, 'kind' | 'task'>): readonly string[] =>
  kind === 'manual' ? Object.keys(taskNamed(task)?.rejections ?? {}) : [];

/**
 * Says that manual work cannot be done, and why; the flow's repair goes by the rule of the task for this code.
 * @throws InvalidRequest naming each wrong field; StateConflict, see `finishWorkItem`
 */
export const rejectWorkItem = (
  deps: Dependencies,
  employee: Employee,
  id: string,
  body: unknown,
): Promise<WorkItem> =>
  finishWorkItem(deps, employee, id, (item) => {
    const codes = rejectionsOf(item);
    if (codes.length === 0) throw new StateConflict('NOT_REJECTABLE', `Work item ${id} cannot be rejected`);
    const rejectionSchema = z.strictObject({
      code: z.enum(codes),
      note: z.string().trim().max(2000).optional(),
    });
    const { code, note } = parse(rejectionSchema, body);
    return {
      what: 'REJECT',
      result: { action: code, ...(note !== undefined && { note }) },
      outcome: { error: code, cause: note ?? '' },
    };
  });

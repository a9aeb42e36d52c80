import { StateConflict } from '#shared/domain/errors.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { doneResult } from '#shared/steps/done-result.ts';
import { undone } from '#shared/steps/undo-step.ts';
import type { WorkItem } from '#shared/store/records.ts';
import type { Employee } from './employee.ts';
import { finishWorkItem } from './finish.ts';
import { formOf, readForm } from './forms.ts';
import { completesStep } from './step-writes.ts';
import { unitChange } from './units.ts';

/**
 * Completes manual work with its filled-in form; the flow goes on with the step recorded.
 * @throws InvalidRequest naming each wrong field; StateConflict, see `finishWorkItem`
 */
export const completeWorkItem = (
  deps: Dependencies,
  employee: Employee,
  id: string,
  body: unknown,
): Promise<WorkItem> =>
  finishWorkItem(deps, employee, id, (item) => {
    if (item.kind === 'fallout')
      throw new StateConflict(
        'NOT_COMPLETABLE',
        `Work item ${id} is a failed step: resolve it with an action`,
      );
    const { order, suborder, task, context } = item;
    const outputs = readForm(formOf(task, context), body);
    const by = employee.sub;
    return {
      result: { action: 'COMPLETE', outputs },
      outcome: { result: doneResult(task, outputs) },
      unit: unitChange(task, { order, suborder }, outputs, context),
      step: async (at) => {
        if (item.kind === 'manual') return completesStep(deps, item, { outputs, by, at });
        return item.kind === 'undo' ? [undone(order, suborder, item.step, at)] : [];
      },
    };
  });

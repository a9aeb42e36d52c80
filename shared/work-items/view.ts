import type { WorkItem } from '#shared/store/records.ts';
import { isLive, type ListedWorkItem } from '#shared/store/work-items.ts';
import { inputFieldsOf } from './corrections.ts';
import type { Employee } from './employee.ts';
import { CONFIRM, formOf } from './forms.ts';
import { rejectionsOf } from './reject.ts';
import { actionsOf } from './resolve.ts';

/** A work item in a desk's list. */
export const listedView = ({ workItem, ...item }: ListedWorkItem) => ({ id: workItem, ...item });

/**
 * A work item as a person sees it: what to do, what is known, and while it is live, the form to fill in and the
 * other ways to end it. Nothing of the wait behind it.
 */
export function workItemView(item: WorkItem, employee: Employee) {
  const {
    workItem,
    wait: _wait,
    deskState: _deskState,
    dueKey: _dueKey,
    completion: _completion,
    falloutDesk: _falloutDesk,
    falloutKey: _falloutKey,
    ...shown
  } = item;
  return { id: workItem, ...shown, ...(isLive(item.state) && waysToEnd(item, employee)) };
}

function waysToEnd(item: WorkItem, employee: Employee) {
  const { fields } = formOf(item.task, item.context);
  if (item.kind !== 'fallout') return { form: [...fields, CONFIRM], rejections: rejectionsOf(item) };
  // What COMPLETE_BY_HAND takes as outputs, and CORRECT_AND_RETRY as corrections.
  return { form: fields, inputs: inputFieldsOf(item.task), actions: actionsOf(item, employee) };
}

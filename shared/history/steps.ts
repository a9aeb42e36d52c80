import type { TransactItem } from '#shared/steps/completion.ts';
import { historyItem, MILEPOST, type NewEntry } from '#shared/store/history.ts';
import type { StepRecord } from '#shared/store/records.ts';

/** What the history tells of a step that was done or left out; its record tells it too, until the step runs again. */
export const completionEntry = (record: StepRecord): NewEntry => {
  const { order, suborder, step, task, run, status, by = MILEPOST, reaches, doneAt, at } = record;
  return {
    subject: order,
    id: `${suborder}#${step}#${run}`,
    at: doneAt ?? at,
    what: status === 'skipped' ? 'STEP_SKIPPED' : 'STEP_DONE',
    by,
    suborder,
    step,
    task,
    details: { run, ...(reaches && { reaches }) },
  };
};

/** The write that keeps what is known of a completed step before its record is written over. */
export const stepHistory = (record: StepRecord): TransactItem => historyItem(completionEntry(record));

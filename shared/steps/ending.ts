import { StateConflict } from '#shared/domain/errors.ts';
import type { Outcome, StepRecord, Suborder } from '#shared/store/records.ts';

/** Whether a suborder is to end before its work is done: none of its steps may start any more. */
export const isEnding = ({ ends }: Pick<Suborder, 'ends'>): boolean => ends !== undefined;

/** Whether it ends for good; one that is changed begins again. */
export const isCancelled = ({ ends }: Pick<Suborder, 'ends'>): boolean =>
  ends !== undefined && ends !== 'amended';

/** What a step is told that comes after that; its flow then undoes what was done. */
export const SUBORDER_ENDING = {
  error: 'SuborderEnding',
  cause: 'The suborder is being cancelled or changed',
} as const;

/** Where a flow goes to be undone. */
const CANCEL = 'cancel';

/**
 * Where a flow goes from a failed step as its suborder ends: to the undo. When nobody knows whether the step was done, it
 * is asked for once more first.
 */
export const wayOut = (step: Pick<StepRecord, 'step' | 'unanswered'> | undefined): Outcome => ({
  result: { resumeAt: step?.unanswered ? step.step : CANCEL, flags: {} },
});

/** The error of what may not go on, since its suborder is to end. */
export const suborderEnding = ({ order, suborder }: Pick<Suborder, 'order' | 'suborder'>): StateConflict =>
  new StateConflict(SUBORDER_ENDING.error, `Suborder ${order}-${suborder} is being cancelled`);

/** The condition of a write to a suborder that must not come after its end was decided, and the name in it. */
export const NOT_ENDING = 'attribute_not_exists(#ends)';
export const ENDS = { '#ends': 'ends' } as const;

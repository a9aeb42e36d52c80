import type { Suborder } from '#shared/store/records.ts';

/** Whether a suborder is being cancelled, so that none of its steps may start or complete any more. */
export const isEnding = ({ state }: Pick<Suborder, 'state'>): boolean =>
  state === 'pendingCancellation' || state === 'cancelled';

import type { State } from './definition.ts';

/** Long enough that a lasting error does not fill an execution's history (25,000 events), short enough for people. */
const PAUSE_SECONDS = 900;

/** Before a repair that failed itself, or that nobody saw to in time, is asked for again. */
export const pauseBefore = (repair: string): State => ({
  Type: 'Wait',
  Comment: 'The repair itself failed, or nobody saw to it in time: it is asked for again.',
  Seconds: PAUSE_SECONDS,
  Next: repair,
});

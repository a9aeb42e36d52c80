import { date, fact } from '#shared/domain/facts.ts';
import * as wait from '#shared/tasks/timer.ts';
import { timer } from '../language/flow.ts';

/** Changes are made on the day that the customer asks for, or at once. */
export const untilRequestedDate = timer('due', wait.until, {
  title: 'Wait for the requested date',
  with: { dueAt: fact('requestedDate') },
});

/** What ends, ends with its notice, or later when the customer asks for that. */
export const untilNoticeEnds = timer('notice', wait.until, {
  title: 'Wait for the end of the notice',
  with: { dueAt: date(['noticeEnds', 'requestedDate']) },
});

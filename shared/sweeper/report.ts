import type { Dependencies } from '#shared/steps/dependencies.ts';
import { openNotice } from '#shared/work-items/notice.ts';
import { FINDINGS, type Finding } from './findings.ts';

const DAY_SECONDS = 86_400;

/** Has a supervisor look at what could not be put right, once a day. */
export async function report(deps: Dependencies, finding: Finding): Promise<void> {
  const { kind, order, suborder, step = 'order', about } = finding;
  const today = deps.now().toISOString().slice(0, 10);
  await openNotice(deps, {
    kind: 'notice',
    desk: 'SUPERVISOR',
    order,
    suborder,
    step,
    task: 'sweeper.report',
    title: FINDINGS[kind],
    event: [kind, ...(about ? [about] : []), today].join('#'),
    timeLimitSeconds: DAY_SECONDS,
    failure: { error: kind, cause: about ? `${FINDINGS[kind]}: ${about}` : FINDINGS[kind] },
  });
}

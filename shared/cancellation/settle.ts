import type { Dependencies } from '#shared/steps/dependencies.ts';
import { cancellationsOf, isOver, moveCancellation } from '#shared/store/cancellations.ts';
import { getSuborders } from '#shared/store/suborders.ts';

/** A suborder has ended: requests all of whose suborders have ended are done. */
export async function settleCancellations(deps: Dependencies, order: string): Promise<void> {
  const open = (await cancellationsOf(deps, order)).filter((request) => !isOver(request));
  if (open.length === 0) return;
  const ended = new Set(
    (await getSuborders(deps, order)).flatMap(({ suborder, endedAt }) =>
      endedAt === undefined ? [] : [suborder],
    ),
  );
  for (const request of open)
    if (request.suborders?.every((suborder) => ended.has(suborder)))
      await moveCancellation(deps, request, ['inProgress'], 'done', { endedAt: deps.now().toISOString() });
}

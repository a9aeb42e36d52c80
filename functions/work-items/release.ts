import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { release as releaseItem } from '#shared/work-items/lifecycle.ts';
import { changeWorkItem } from '#shared/work-items/load.ts';
import { workItemView } from '#shared/work-items/view.ts';
import { type Handle, httpHandler } from '../http.ts';

/** Puts a work item back on its desk; one that nobody holds stays there. */
export const release =
  (deps: Dependencies): Handle =>
  async ({ path: { id = '' }, caller }) => {
    const item = await changeWorkItem(deps, caller, id, { what: 'RELEASE' }, (found, now) =>
      releaseItem(found, caller.sub, now),
    );
    return { status: 200, body: workItemView(item, caller) };
  };

export const handler = httpHandler({
  errors: 'problem',
  body: 'optional',
  handle: release(defaultDependencies()),
});

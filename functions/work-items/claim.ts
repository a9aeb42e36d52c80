import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { claim as claimItem } from '#shared/work-items/lifecycle.ts';
import { changeWorkItem } from '#shared/work-items/load.ts';
import { workItemView } from '#shared/work-items/view.ts';
import { type Handle, httpHandler } from '../http.ts';

/** Keeps a work item for the caller until the lease ends; claiming it again begins the lease anew. */
export const claim =
  (deps: Dependencies): Handle =>
  async ({ path: { id = '' }, caller }) => {
    const item = await changeWorkItem(deps, caller, id, { what: 'CLAIM' }, (found, now) =>
      claimItem(found, caller.sub, now),
    );
    return { status: 200, body: workItemView(item, caller) };
  };

export const handler = httpHandler({
  errors: 'problem',
  body: 'optional',
  handle: claim(defaultDependencies()),
});

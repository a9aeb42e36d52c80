import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { resolveWorkItem } from '#shared/work-items/resolve.ts';
import { workItemView } from '#shared/work-items/view.ts';
import { type Handle, httpHandler } from '../http.ts';

/** Repairs a failed step: retry, complete by hand, skip, cancel the item, or hand it to another desk. */
export const resolve =
  (deps: Dependencies): Handle =>
  async ({ path: { id = '' }, caller, body }) => ({
    status: 200,
    body: workItemView(await resolveWorkItem(deps, caller, id, body), caller),
  });

export const handler = httpHandler({ errors: 'problem', handle: resolve(defaultDependencies()) });

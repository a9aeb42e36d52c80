import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { loadFor } from '#shared/work-items/load.ts';
import { workItemView } from '#shared/work-items/view.ts';
import { type Handle, httpHandler } from '../http.ts';

/** Shows a work item, with the form to fill in. */
export const get =
  (deps: Dependencies): Handle =>
  async ({ path: { id = '' }, caller }) => ({
    status: 200,
    body: workItemView(await loadFor(deps, caller, id), caller),
  });

export const handler = httpHandler({ errors: 'problem', handle: get(defaultDependencies()) });

import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { completeWorkItem } from '#shared/work-items/complete.ts';
import { workItemView } from '#shared/work-items/view.ts';
import { type Handle, httpHandler } from '../http.ts';

/** Completes manual work with its filled-in form. */
export const complete =
  (deps: Dependencies): Handle =>
  async ({ path: { id = '' }, caller, body }) => ({
    status: 200,
    body: workItemView(await completeWorkItem(deps, caller, id, body), caller),
  });

export const handler = httpHandler({ errors: 'problem', handle: complete(defaultDependencies()) });

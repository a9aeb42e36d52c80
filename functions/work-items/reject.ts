import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { rejectWorkItem } from '#shared/work-items/reject.ts';
import { workItemView } from '#shared/work-items/view.ts';
import { type Handle, httpHandler } from '../http.ts';

/** Rejects manual work with one of the task's codes. */
export const reject =
  (deps: Dependencies): Handle =>
  async ({ path: { id = '' }, caller, body }) => ({
    status: 200,
    body: workItemView(await rejectWorkItem(deps, caller, id, body), caller),
  });

export const handler = httpHandler({ errors: 'problem', handle: reject(defaultDependencies()) });

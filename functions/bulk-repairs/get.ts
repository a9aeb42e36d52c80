import { bulkRepairView } from '#shared/bulk-repairs/view.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { type Handle, httpHandler } from '../http.ts';
import { loadBulkRepair } from './load.ts';

/** Shows how far a bulk repair is. */
export const get =
  (deps: Dependencies): Handle =>
  async ({ path: { id = '' }, caller }) => ({
    status: 200,
    body: bulkRepairView(await loadBulkRepair(deps, caller, id)),
  });

export const handler = httpHandler({ errors: 'problem', handle: get(defaultDependencies()) });

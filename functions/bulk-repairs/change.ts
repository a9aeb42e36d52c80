import { SFNClient } from '@aws-sdk/client-sfn';
import { CHANGES, type Change, changeBulkRepair } from '#shared/bulk-repairs/create.ts';
import { bulkRepairView } from '#shared/bulk-repairs/view.ts';
import { NotFound } from '#shared/domain/errors.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { type Handle, httpHandler } from '../http.ts';
import { startRun } from './execution.ts';
import { loadBulkRepair } from './load.ts';

const isChange = (name: string): name is Change => Object.hasOwn(CHANGES, name);

/** Starts a bulk repair or lets it go on, pauses it, or stops it for good. */
export const change =
  (deps: Dependencies & { readonly stepFunctions: Pick<SFNClient, 'send'> }): Handle =>
  async ({ path: { id = '', change: what = '' }, caller }) => {
    if (!isChange(what)) throw new NotFound('Route', what.slice(0, 40));
    const head = await changeBulkRepair(deps, await loadBulkRepair(deps, caller, id), what);
    if (what === 'start') await startRun(deps.stepFunctions, head);
    return { status: 200, body: bulkRepairView(head) };
  };

export const handler = httpHandler({
  errors: 'problem',
  body: 'optional',
  handle: change({ ...defaultDependencies(), stepFunctions: new SFNClient() }),
});

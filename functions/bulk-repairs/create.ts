import { SFNClient } from '@aws-sdk/client-sfn';
import { createBulkRepair } from '#shared/bulk-repairs/create.ts';
import { bulkRepairView } from '#shared/bulk-repairs/view.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { type Handle, httpHandler } from '../http.ts';
import { startRun } from './execution.ts';

/** Makes a bulk repair: its list is frozen by its execution, and so is each further step of it taken. */
export const create =
  (deps: Dependencies & { readonly stepFunctions: Pick<SFNClient, 'send'> }): Handle =>
  async ({ caller, body }) => {
    const head = await createBulkRepair(deps, caller, body);
    await startRun(deps.stepFunctions, head);
    return {
      status: 202,
      headers: { location: `/bulk-repairs/${head.bulkRepair}` },
      body: bulkRepairView(head),
    };
  };

export const handler = httpHandler({
  errors: 'problem',
  handle: create({ ...defaultDependencies(), stepFunctions: new SFNClient() }),
});

import type { MessageTemplate } from '#shared/domain/messages.ts';
import * as billing from '#shared/tasks/billing.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import { type Condition, system } from '../language/flow.ts';

/** The last step: nothing is left that could be undone. */
const releaseAsset = system('unlock', inventory.unlock, { takesBack: 'lock', reaches: 'COMPLETE' });

/** How every creation ends: installed base, billing, and the suborder is complete. */
export const closeCreate = [
  system('inventory', inventory.update, { with: { newState: 'active' } }),
  system('bill', billing.start, { reaches: 'BILLING_STARTED', tells: 'SERVICE_ACTIVE' }),
  releaseAsset,
] as const;

/** How every modification ends. */
export const closeModify = [
  system('inventory', inventory.update, { with: { newState: 'active' } }),
  system('bill', billing.adjust, { tells: 'SERVICE_CHANGED', with: { chargeCode: 'CHANGE' } }),
  releaseAsset,
] as const;

/** How every termination ends. @param condition of a flow that may turn out to have nothing to terminate */
export const closeCease = (condition?: Condition) =>
  [
    system('bill', billing.stop, { ...(condition && { when: condition }) }),
    system('inventory', inventory.update, {
      ...(condition && { when: condition }),
      tells: 'SERVICE_CEASED',
      with: { newState: 'terminated' },
    }),
    releaseAsset,
  ] as const;

/** How a suborder ends that has nothing more to bill. @param tells what the customer is told of its new state */
export const closeAs = (newState: 'active' | 'suspended', tells?: MessageTemplate) =>
  [
    system('inventory', inventory.update, { ...(tells && { tells }), with: { newState } }),
    releaseAsset,
  ] as const;

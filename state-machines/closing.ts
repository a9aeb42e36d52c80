import * as billing from '#shared/tasks/billing.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import { system } from './language/flow.ts';

/** How every creation ends: installed base, billing, and the suborder is complete. */
export const closeCreate = [
  system('inventory', inventory.update, { with: { newState: 'active' } }),
  system('bill', billing.start, { reaches: 'BILLING_STARTED', tells: 'SERVICE_ACTIVE' }),
  system('unlock', inventory.unlock, { reaches: 'COMPLETE' }),
] as const;

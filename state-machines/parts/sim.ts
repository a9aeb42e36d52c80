import { fact } from '#shared/domain/facts.ts';
import type { Milestone } from '#shared/domain/milestones.ts';
import * as logistics from '#shared/tasks/logistics.ts';
import { fallout } from '#shared/tasks/task.ts';
import { type Condition, manual } from '../language/flow.ts';

/** Another card is assigned in place of one that cannot be sent. */
const assignAnother = fallout('LOGISTICS_BACKORDER', { from: 'sim' });

/** Picks the card that was assigned: it is reserved by its number. */
export const pickSim = (options: { readonly when?: Condition; readonly reaches?: Milestone }) =>
  manual('pick', logistics.pickAndScan, {
    title: 'Pick the SIM card',
    ...options,
    with: { reservationId: fact('iccid'), sku: 'SIM-CARD' },
    onReject: { ITEM_DAMAGED: assignAnother, NOT_FOUND: assignAnother },
  });

import * as fibre from './fibre.ts';
import * as internet from './internet.ts';
import * as iptv from './iptv.ts';
import type { Flow } from './language/flow.ts';
import * as mobilePostpaid from './mobile-postpaid.ts';
import { handle } from './order-item.ts';
import { manage } from './order-management.ts';
import * as router from './router.ts';
import * as setTopBox from './set-top-box.ts';
import * as voip from './voip.ts';

/** The flows that order items select, one file per product. */
export const SUBORDER_FLOWS: readonly Flow[] = [
  fibre,
  internet,
  router,
  setTopBox,
  iptv,
  voip,
  mobilePostpaid,
].flatMap((product) => Object.values(product));

/** Every flow that becomes a state machine, order management first. */
export const FLOWS: readonly Flow[] = [manage, handle, ...SUBORDER_FLOWS];

const byId = new Map(FLOWS.map((flow) => [flow.id, flow]));

/** The flow of this id, or undefined. */
export const flowNamed = (id: string): Flow | undefined => byId.get(id);

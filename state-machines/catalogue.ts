import * as access from './access.ts';
import * as cableTv from './cable-tv.ts';
import * as coax from './coax.ts';
import * as collection from './collection.ts';
import * as fibre from './fibre.ts';
import * as hardware from './hardware.ts';
import * as internet from './internet.ts';
import * as iptv from './iptv.ts';
import type { Flow } from './language/flow.ts';
import * as mobile from './mobile.ts';
import * as mobileBroadband from './mobile-broadband.ts';
import * as mobilePostpaid from './mobile-postpaid.ts';
import * as mobilePrepaid from './mobile-prepaid.ts';
import * as number from './number.ts';
import { handle } from './order-item.ts';
import { manage } from './order-management.ts';
import * as router from './router.ts';
import * as setTopBox from './set-top-box.ts';
import * as shdsl from './shdsl.ts';
import * as technician from './technician.ts';
import * as vod from './vod.ts';
import * as voip from './voip.ts';
import * as xdsl from './xdsl.ts';

/** The flows that order items select, one file per product. */
export const SUBORDER_FLOWS: readonly Flow[] = [
  fibre,
  access,
  shdsl,
  xdsl,
  cableTv,
  coax,
  internet,
  router,
  setTopBox,
  iptv,
  vod,
  voip,
  hardware,
  mobilePostpaid,
  mobilePrepaid,
  mobile,
  mobileBroadband,
  number,
  technician,
  collection,
].flatMap((product) => Object.values(product).sort((a, b) => a.id.localeCompare(b.id)));

/** Every flow that becomes a state machine, order management first. */
export const FLOWS: readonly Flow[] = [manage, handle, ...SUBORDER_FLOWS];

const byId = new Map(FLOWS.map((flow) => [flow.id, flow]));

/** The flow of this id, or undefined. */
export const flowNamed = (id: string): Flow | undefined => byId.get(id);

import type { Offering } from './offering.ts';
import { accessOfferings } from './offerings/access.ts';
import { collectionOfferings } from './offerings/collection.ts';
import { internetOfferings } from './offerings/internet.ts';
import { mobileOfferings } from './offerings/mobile.ts';
import { serviceOfferings } from './offerings/services.ts';
import { tvOfferings } from './offerings/tv.ts';
import { voiceOfferings } from './offerings/voice.ts';

export {
  type CharacteristicsResult,
  defineOffering,
  type Offering,
  type Variant,
  validateCharacteristics,
  variantsOf,
} from './offering.ts';

/** What can be ordered, by channels or by the product itself. */
export const OFFERINGS: readonly Offering[] = [
  ...accessOfferings,
  ...internetOfferings,
  ...tvOfferings,
  ...voiceOfferings,
  ...mobileOfferings,
  ...serviceOfferings,
  ...collectionOfferings,
];

const byId = new Map(OFFERINGS.map((offering) => [offering.id, offering]));

/** The offering of this id, or undefined. */
export const findOffering = (id: string): Offering | undefined => byId.get(id);

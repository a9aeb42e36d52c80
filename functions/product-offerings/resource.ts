import type { Offering } from '#shared/catalogue/offerings.ts';
import { type ProductOfferingResource, productOffering } from '#shared/tmf620/product-offering.ts';
import { SUBORDER_FLOWS } from '#state-machines/catalogue.ts';
import { flowChoices } from '#state-machines/planning/choices.ts';

/** An offering as the product catalogue API shows it, with the flows that are deployed beside it. */
export const resourceOf = (offering: Offering): ProductOfferingResource =>
  productOffering(offering, (of, variant) => flowChoices(SUBORDER_FLOWS, of, variant));

import * as z from 'zod';
import { FAILURE_POLICIES } from '#shared/domain/failure-policy.ts';

/**
 * An order as it was accepted and is kept. Only what the product itself looks at is named here; everything else
 * was checked against the standard when the order came (`schema.ts`) and is carried along untouched. Functions that
 * read orders need this small part alone.
 */

const id = z.string();
const reference = z.looseObject({ id });

/** TMF622 item actions; `noChange` items are carried along and start no flow. */
export const ITEM_ACTIONS = ['add', 'modify', 'delete', 'noChange'] as const;
export type ItemAction = (typeof ITEM_ACTIONS)[number];

const place = z.looseObject({
  id: id.optional(),
  href: z.string().optional(),
  name: z.string().optional(),
  role: z.string(),
});

const product = z.looseObject({
  id: id.optional(),
  place: z.array(place).optional(),
  productCharacteristic: z.array(z.looseObject({ name: id, value: z.unknown() })).optional(),
  productOffering: reference.optional(),
});

const itemAttributes = {
  id,
  action: z.enum(ITEM_ACTIONS),
  quantity: z.int().optional(),
  billingAccount: reference.optional(),
  product: product.optional(),
  productOffering: reference.optional(),
  productOrderItemRelationship: z.array(z.looseObject({ id, relationshipType: z.string() })).optional(),
};

/** Names the type of an item without the items nested in it. */
const itemAlone = z.looseObject(itemAttributes);

/** One order item; items nested in it are what it contains (a bundle). */
export type ProductOrderItem = z.infer<typeof itemAlone> & {
  productOrderItem?: ProductOrderItem[] | undefined;
};

const productOrderItem: z.ZodType<ProductOrderItem> = z.looseObject({
  ...itemAttributes,
  productOrderItem: z.lazy(() => z.array(productOrderItem)).optional(),
});

const withRole = z.looseObject({ id, role: z.string().optional() });

export const orderDocumentSchema = z.looseObject({
  '@type': z.string().optional(),
  orderDate: z.iso.datetime(),
  category: z.string().optional(),
  externalId: id.optional(),
  itemFailurePolicy: z.enum(FAILURE_POLICIES).optional(),
  requestedCompletionDate: z.string().optional(),
  requestedStartDate: z.string().optional(),
  agreement: z.array(z.looseObject({ id, '@referredType': z.string().optional() })).optional(),
  billingAccount: reference.optional(),
  channel: z.array(withRole).optional(),
  place: z.array(place).optional(),
  productOrderItem: z.array(productOrderItem),
  relatedParty: z.array(withRole),
});
export type OrderDocument = z.infer<typeof orderDocumentSchema>;

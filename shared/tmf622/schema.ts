import * as z from 'zod';
import { FAILURE_POLICIES } from '#shared/domain/failure-policy.ts';
import { ITEM_ACTIONS, type ProductOrderItem } from './document.ts';

/**
 * TMF622 v4.0.0 `ProductOrder_Create`, as its swagger document defines it: known attributes are checked strictly,
 * attributes that the standard does not know are extensions (TMF630 polymorphism) and are kept as they are.
 * Attributes that the server sets (`id`, `href`, `state`, …) are dropped from the request.
 */

const text = z.string().max(4000);
const id = z.string().min(1).max(256);
const dateTime = z.iso.datetime({ offset: true });

/** `@type`, `@baseType`, `@schemaLocation` and `@referredType`, which every object may have. */
const polymorphic = {
  '@type': text.optional(),
  '@baseType': text.optional(),
  '@schemaLocation': text.optional(),
  '@referredType': text.optional(),
};

const object = <Shape extends z.ZodRawShape>(shape: Shape) => z.looseObject({ ...polymorphic, ...shape });

const reference = <Shape extends z.ZodRawShape>(shape: Shape) =>
  object({ id, href: text.optional(), name: text.optional(), ...shape });

const entityRef = reference({});
const offeringRef = reference({});

const quantity = object({ amount: z.number().optional(), units: text.optional() });
const timePeriod = object({ startDateTime: dateTime.optional(), endDateTime: dateTime.optional() });
const money = object({ unit: text.optional(), value: z.number().optional() });

const relatedParty = reference({ '@referredType': text, role: text.optional() });
const relatedChannel = reference({ role: text.optional() });

const note = object({
  id: text.optional(),
  author: text.optional(),
  date: dateTime.optional(),
  text,
});

const price = object({
  percentage: z.number().optional(),
  taxRate: z.number().optional(),
  dutyFreeAmount: money.optional(),
  taxIncludedAmount: money.optional(),
});

const pricing = {
  description: text.optional(),
  name: text.optional(),
  recurringChargePeriod: text.optional(),
  unitOfMeasure: text.optional(),
  productOfferingPrice: entityRef.optional(),
};

const priceAlteration = object({
  ...pricing,
  priceType: text,
  price,
  applicationDuration: z.int().optional(),
  priority: z.int().optional(),
});

const orderPrice = object({
  ...pricing,
  priceType: text.optional(),
  price: price.optional(),
  billingAccount: entityRef.optional(),
  priceAlteration: z.array(priceAlteration).optional(),
});

const productPrice = object({
  ...pricing,
  priceType: text,
  price,
  billingAccount: entityRef.optional(),
  productPriceAlteration: z.array(priceAlteration).optional(),
});

const orderTerm = object({
  description: text.optional(),
  name: text.optional(),
  duration: quantity.optional(),
});

const productTerm = object({
  description: text.optional(),
  name: text.optional(),
  duration: quantity.optional(),
  validFor: timePeriod.optional(),
});

/** A place by reference or by value: an address given by value has the attributes of its `@type`. */
const relatedPlace = object({
  id: id.optional(),
  href: text.optional(),
  name: text.optional(),
  role: text,
});

const characteristic = object({
  name: id,
  valueType: text.optional(),
  value: z.unknown().refine((value) => value !== undefined, 'is mandatory'),
});

const productSpecificationRef = reference({
  version: text.optional(),
  targetProductSchema: object({ '@type': text, '@schemaLocation': text }).optional(),
});

const relatedProductOrderItem = object({
  orderItemAction: text.optional(),
  orderItemId: id,
  productOrderHref: text.optional(),
  productOrderId: id,
  role: text.optional(),
});

const agreementItemRef = reference({ agreementItemId: text.optional() });

const product = object({
  id: id.optional(),
  href: text.optional(),
  description: text.optional(),
  isBundle: z.boolean().optional(),
  isCustomerVisible: z.boolean().optional(),
  name: text.optional(),
  orderDate: dateTime.optional(),
  productSerialNumber: text.optional(),
  startDate: dateTime.optional(),
  terminationDate: dateTime.optional(),
  agreement: z.array(agreementItemRef).optional(),
  billingAccount: entityRef.optional(),
  place: z.array(relatedPlace).optional(),
  /** Bundled products and relations: kept, not looked into; what is ordered are items. */
  product: z.array(z.looseObject({})).optional(),
  productCharacteristic: z.array(characteristic).optional(),
  productOffering: offeringRef.optional(),
  productOrderItem: z.array(relatedProductOrderItem).optional(),
  productPrice: z.array(productPrice).optional(),
  productRelationship: z.array(object({ relationshipType: text, product: z.looseObject({}) })).optional(),
  productSpecification: productSpecificationRef.optional(),
  productTerm: z.array(productTerm).optional(),
  realizingResource: z.array(reference({ value: text.optional() })).optional(),
  realizingService: z.array(entityRef).optional(),
  relatedParty: z.array(relatedParty).optional(),
  status: z
    .enum([
      'created',
      'pendingActive',
      'cancelled',
      'active',
      'pendingTerminate',
      'terminated',
      'suspended',
      'aborted',
    ])
    .optional(),
});

const relationship = object({ id, relationshipType: text.min(1) });

const itemAttributes = {
  ...polymorphic,
  id,
  action: z.enum(ITEM_ACTIONS),
  quantity: z.int().min(1).max(1000).optional(),
  appointment: reference({ description: text.optional() }).optional(),
  billingAccount: entityRef.optional(),
  itemPrice: z.array(orderPrice).optional(),
  itemTerm: z.array(orderTerm).optional(),
  itemTotalPrice: z.array(orderPrice).optional(),
  payment: z.array(entityRef).optional(),
  product: product.optional(),
  productOffering: offeringRef.optional(),
  productOfferingQualificationItem: reference({
    productOfferingQualificationId: id,
    productOfferingQualificationHref: text.optional(),
    productOfferingQualificationName: text.optional(),
  }).optional(),
  productOrderItemRelationship: z.array(relationship).optional(),
  qualification: z.array(entityRef).optional(),
  quoteItem: reference({
    quoteId: id,
    quoteHref: text.optional(),
    quoteName: text.optional(),
  }).optional(),
};

/** One order item; items nested in it are what it contains (a bundle). */
const productOrderItem: z.ZodType<ProductOrderItem> = z.looseObject({
  ...itemAttributes,
  productOrderItem: z.lazy(() => z.array(productOrderItem)).optional(),
});

/** The body of `POST /productOrder`. */
export const productOrderCreateSchema = object({
  cancellationDate: dateTime.optional(),
  cancellationReason: text.optional(),
  category: text.optional(),
  description: text.optional(),
  externalId: id.optional(),
  /** What becomes of the others when an item cannot be delivered; an extension. */
  itemFailurePolicy: z.enum(FAILURE_POLICIES).optional(),
  notificationContact: text.optional(),
  priority: text.optional(),
  requestedCompletionDate: dateTime.optional(),
  requestedStartDate: dateTime.optional(),
  agreement: z.array(reference({})).optional(),
  billingAccount: entityRef.optional(),
  channel: z.array(relatedChannel).optional(),
  note: z.array(note).optional(),
  orderTotalPrice: z.array(orderPrice).optional(),
  payment: z.array(entityRef).optional(),
  /** Where the order's products are installed; an extension of v4, whose places belong to products. */
  place: z.array(relatedPlace).optional(),
  productOfferingQualification: z.array(entityRef).optional(),
  productOrderItem: z.array(productOrderItem).min(1),
  quote: z.array(entityRef).optional(),
  relatedParty: z.array(relatedParty).default([]),
});
export type ProductOrderCreate = z.infer<typeof productOrderCreateSchema>;

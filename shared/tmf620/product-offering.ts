import type * as z from 'zod';
import { type Offering, type Variant, variantsOf } from '#shared/catalogue/offerings.ts';
import type { Facts } from '#shared/domain/facts.ts';
import {
  allowedValues,
  isMeant,
  type Property,
  propertiesOf,
  type ValueSchema,
} from '#shared/schema/properties.ts';

/** Path of the TMF620 API, before the resource's name. */
export const CATALOGUE_PATH = '/tmf-api/productCatalogManagement/v4';

/** TMF620 states that offerings have here: `Launched` can be ordered by channels, `Active` only by the product itself. */
export const LIFECYCLE_STATES = ['Launched', 'Active'] as const;

export const isSellable = ({ orderable = true }: Offering): boolean => orderable;

export const lifecycleStatus = (offering: Offering): (typeof LIFECYCLE_STATES)[number] =>
  isSellable(offering) ? 'Launched' : 'Active';

/** A flow that an order item gets when it has these values of the characteristics that it chooses. */
export interface FlowChoice {
  readonly id: string;
  readonly title: string;
  /** ISO 8601 duration that the whole usually takes. */
  readonly expectedDuration: string;
  readonly where: Readonly<Record<string, string | boolean>>;
}

/** A TMF620 `ProductOffering`, ready to be answered. */
export type ProductOfferingResource = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly href: string;
};

/**
 * The TMF620 `ProductOffering` of an offering. The characteristics of its specification are those that can be chosen
 * when it is added, and (`configurable: false`) what the offering itself gives. `orderItemAction` is an extension of
 * the standard: each way in which an order item can name the offering, what may then be chosen, and the flow that it gets.
 */
export function productOffering(
  offering: Offering,
  flowsOf: (offering: Offering, variant: Variant) => readonly FlowChoice[],
): ProductOfferingResource {
  const { id, name, product, add, adds } = offering;
  return {
    id,
    href: `${CATALOGUE_PATH}/productOffering/${encodeURIComponent(id)}`,
    name,
    version: '1.0',
    lifecycleStatus: lifecycleStatus(offering),
    isSellable: isSellable(offering),
    isBundle: false,
    productSpecification: {
      id: product,
      name: product,
      productSpecCharacteristic: [...(add ? configurable(add) : []), ...given(adds)],
      '@type': 'ProductSpecification',
    },
    orderItemAction: variantsOf(offering).map((variant) => ({
      action: variant.action,
      ...(variant.change !== undefined && { change: variant.change }),
      productSpecCharacteristic: configurable(variant.characteristics),
      flow: flowsOf(offering, variant),
    })),
    '@type': 'ProductOffering',
  };
}

/** What an order item may choose, in the shape of TMF620 `ProductSpecificationCharacteristic`. */
const configurable = (schema: z.ZodObject) => propertiesOf(schema).map(characteristic);

function characteristic({ name, required, description }: Property) {
  const { type, items, minItems, maxItems } = description;
  const many = type === 'array';
  const value = many && items ? items : description;
  const values = valuesOf(value, description.default);
  return {
    name,
    valueType: valueType(value),
    configurable: true,
    minCardinality: required ? (minItems ?? 1) : 0,
    ...(!many && { maxCardinality: 1 }),
    ...(maxItems !== undefined && { maxCardinality: maxItems }),
    ...(value.pattern !== undefined && { regex: value.pattern }),
    ...(value.maxLength !== undefined && { maxLength: value.maxLength }),
    ...(values.length > 0 && { productSpecCharacteristicValue: values }),
  };
}

const valueType = ({ type, format, const: only }: ValueSchema): string =>
  format === 'date-time' ? 'dateTime' : (type ?? (only === undefined ? 'object' : typeof only));

/** The values that are allowed, else the range that they are in; which of them is meant when none is given. */
function valuesOf(value: ValueSchema, preset: unknown) {
  const isDefault = (one: unknown) => one === preset || (Array.isArray(preset) && preset.includes(one));
  const allowed = allowedValues(value);
  if (allowed) return allowed.map((one) => ({ value: one, isDefault: isDefault(one) }));
  const { exclusiveMinimum } = value;
  const from = isMeant(value.minimum) ? value.minimum : exclusiveMinimum;
  const to = isMeant(value.maximum) ? value.maximum : undefined;
  return [
    ...(from !== undefined || to !== undefined
      ? [
          {
            ...(from !== undefined && { valueFrom: from }),
            ...(to !== undefined && { valueTo: to }),
            rangeInterval: exclusiveMinimum === undefined ? 'closed' : 'closedTop',
            isDefault: false,
          },
        ]
      : []),
    ...(preset === undefined || Array.isArray(preset) ? [] : [{ value: preset, isDefault: true }]),
  ];
}

/** What the offering gives to its flows, and no order can change. */
const given = (adds: Facts) =>
  Object.entries(adds).map(([name, fact]) => {
    const values = Array.isArray(fact) ? fact : [fact];
    return {
      name,
      valueType: typeof values[0],
      configurable: false,
      minCardinality: values.length,
      maxCardinality: values.length,
      productSpecCharacteristicValue: values.map((value) => ({ value, isDefault: true })),
    };
  });

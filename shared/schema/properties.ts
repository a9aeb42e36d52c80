import * as z from 'zod';

/** A field of an object schema, with as much of JSON Schema as forms and characteristics are made of. */
export interface Property {
  readonly name: string;
  /** Whether it must be given: it is neither optional nor has a default. */
  readonly required: boolean;
  readonly description: PropertySchema;
}

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const valueSchema = z.object({
  type: z.string().optional().catch(undefined),
  format: z.string().optional(),
  enum: z.array(z.string()).optional().catch(undefined),
  const: scalar.optional(),
  pattern: z.string().optional(),
  maxLength: z.number().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  default: z.unknown().optional(),
});

const propertySchema = valueSchema.extend({
  items: valueSchema.optional().catch(undefined),
  minItems: z.int().optional(),
  maxItems: z.int().optional(),
});

/** What a value may be. */
export type ValueSchema = z.output<typeof valueSchema>;

/** What a field may be: a value, or a list of them. */
export type PropertySchema = z.output<typeof propertySchema>;

const objectSchema = z.object({
  properties: z.record(z.string(), propertySchema.catch({})).default({}),
  required: z.array(z.string()).default([]),
});

/** The fields of an object schema as its JSON Schema says what may be sent. */
export function propertiesOf(schema: z.ZodObject): readonly Property[] {
  const { properties, required } = objectSchema.parse(
    z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
  );
  return Object.entries(properties).map(([name, description]) => ({
    name,
    required: required.includes(name),
    description,
  }));
}

/** Whether a limit was meant: an integer's schema says the limits of the number type otherwise. */
export const isMeant = (limit: number | undefined): limit is number =>
  limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER;

/** All values that there are, when they can be counted. */
export function allowedValues({
  type,
  enum: options,
  const: only,
}: ValueSchema): readonly (string | number | boolean)[] | undefined {
  if (only !== undefined) return [only];
  if (options) return options;
  return type === 'boolean' ? [true, false] : undefined;
}

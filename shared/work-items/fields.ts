import * as z from 'zod';

/** One field of a desk's form, as a console draws it. */
export interface FormField {
  readonly id: string;
  /** `scan` a label that is scanned; `confirm` the OK, which must be true; `json` anything structured. */
  readonly type: 'scan' | 'text' | 'number' | 'boolean' | 'choice' | 'json' | 'confirm';
  readonly required: boolean;
  /** Regular expression that the whole value matches. */
  readonly pattern?: string;
  readonly example?: string;
  /** Longest text, or largest number. */
  readonly max?: number;
  readonly min?: number;
  readonly options?: readonly string[];
}

/** As much of JSON Schema as fields are made of; anything else is shown as `json`. */
const propertySchema = z.object({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  pattern: z.string().optional(),
  maxLength: z.number().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});

const objectSchema = z.object({
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
});

/** The fields that make up an object schema. */
export function fieldsOf(schema: z.ZodObject): FormField[] {
  const { properties, required } = objectSchema.parse(
    z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
  );
  return Object.entries(properties).map(([id, property]) => ({
    id,
    required: required.includes(id),
    ...describe(property),
  }));
}

function describe(property: unknown): Omit<FormField, 'id' | 'required'> {
  const { data } = propertySchema.safeParse(property);
  if (data?.enum) return { type: 'choice', options: data.enum };
  switch (data?.type) {
    case 'string':
      return {
        type: 'text',
        ...(data.pattern !== undefined && { pattern: data.pattern }),
        ...(data.maxLength !== undefined && { max: data.maxLength }),
      };
    case 'number':
    case 'integer':
      return {
        type: 'number',
        ...(within(data.minimum) && { min: data.minimum }),
        ...(within(data.maximum) && { max: data.maximum }),
      };
    case 'boolean':
      return { type: 'boolean' };
    default:
      return { type: 'json' };
  }
}

/** Whether a limit was meant: an integer's schema says the limits of the number type otherwise. */
const within = (limit: number | undefined): limit is number =>
  limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER;

import type * as z from 'zod';
import { isMeant, type PropertySchema, propertiesOf } from '#shared/schema/properties.ts';

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

/** The fields that make up an object schema. */
export const fieldsOf = (schema: z.ZodObject): FormField[] =>
  propertiesOf(schema).map(({ name, required, description }) => ({
    id: name,
    required,
    ...describe(description),
  }));

function describe({
  type,
  enum: options,
  pattern,
  maxLength,
  minimum,
  maximum,
}: PropertySchema): Omit<FormField, 'id' | 'required'> {
  if (options) return { type: 'choice', options };
  switch (type) {
    case 'string':
      return {
        type: 'text',
        ...(pattern !== undefined && { pattern }),
        ...(maxLength !== undefined && { max: maxLength }),
      };
    case 'number':
    case 'integer':
      return {
        type: 'number',
        ...(isMeant(minimum) && { min: minimum }),
        ...(isMeant(maximum) && { max: maximum }),
      };
    case 'boolean':
      return { type: 'boolean' };
    default:
      return { type: 'json' };
  }
}

import * as z from 'zod';

/** As much of JSON Schema as samples are made from. */
const propertySchema = z.looseObject({
  type: z.string().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  pattern: z.string().optional(),
  format: z.string().optional(),
  maximum: z.number().optional(),
  default: z.unknown().optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
});

/** What samples are made with. */
export interface Making {
  /** The time that dates are at. */
  readonly at: number;
  /** A number that makes values unlike any others. */
  readonly serial: number;
  /** Whether dates are given only where they are needed. */
  readonly fewDates?: boolean;
}

/**
 * A value for each field of a schema that needs one, or may have one and has no default; `given` comes before.
 * Fields that are switched on or off, and those of any shape, are left out unless they are needed.
 */
export function sampleOf(
  schema: z.ZodObject,
  making: Making,
  given: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const whole = propertySchema.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  return { ...fields(whole, making), ...given };
}

/** Every combination of values that these fields of a schema can have: those that are switched, and those of a list. */
export function choices(schema: z.ZodObject, names: readonly string[]): Record<string, unknown>[] {
  const { properties = {} } = propertySchema.parse(
    z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
  );
  return names.reduce<Record<string, unknown>[]>(
    (some, name) => {
      const { type, enum: listed = [] } = propertySchema.parse(properties[name]);
      const values = type === 'boolean' ? [false, true] : listed;
      return some.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
    },
    [{}],
  );
}

function fields(schema: z.output<typeof propertySchema>, making: Making): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
      const parsed = propertySchema.parse(property);
      const needed = schema.required?.includes(name) ?? false;
      const value = parsed.default === undefined ? sample(name, parsed, making) : undefined;
      const isOption =
        parsed.type === 'boolean' ||
        parsed.type === 'object' ||
        parsed.type === undefined ||
        (making.fewDates === true && isDate(name, parsed));
      return value === undefined || (isOption && !needed) ? [] : [[name, value]];
    }),
  );
}

function sample(name: string, schema: z.output<typeof propertySchema>, making: Making): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  switch (schema.type) {
    case 'string':
      return text(name, schema, making);
    case 'integer':
    case 'number':
      return Math.min(100, schema.maximum ?? 100);
    case 'boolean':
      return false;
    case 'array':
      return [sample(name, propertySchema.parse(schema.items ?? {}), making)];
    case 'object':
      return fields(schema, making);
    default:
      return undefined;
  }
}

/** Dates without a format are known by their names. */
const DATE = /(At|Date|From|To|Start)$/;

const isDate = (name: string, { type, format }: z.output<typeof propertySchema>): boolean =>
  type === 'string' && (format === 'date-time' || DATE.test(name));

function text(name: string, schema: z.output<typeof propertySchema>, making: Making): string {
  const { pattern } = schema;
  if (isDate(name, schema)) return new Date(making.at).toISOString();
  if (pattern === undefined) return `${name}-${making.serial}`;
  return pattern
    .replaceAll(/^\^|\$$/g, '')
    .replaceAll(/\\d\{(\d+)\}/g, (_digits, count) => String(making.serial).padStart(Number(count), '1'))
    .replaceAll(/\\(.)/g, '$1');
}

import * as z from 'zod';
import { hardwareFor } from '#shared/catalogue/hardware.ts';
import type { WorkItem } from '#shared/store/records.ts';
import { pickAndScan, restock } from '#shared/tasks/logistics.ts';
import { taskNamed } from '#shared/tasks/registry.ts';
import { inspect } from '#shared/tasks/returns.ts';
import { parse } from '#shared/tmf622/pointer.ts';
import { type FormField, fieldsOf } from './fields.ts';
import { MAC_PATTERN, macSchema, serialSchema } from './scan.ts';

/** What a person fills in to complete a work item: how a console draws it, and what is accepted. */
export interface Form {
  readonly fields: readonly FormField[];
  /** Reads the fields to the outputs of the task. */
  readonly outputs: z.ZodObject;
}

type Facts = WorkItem['context'];
type Described = Partial<Record<string, Partial<FormField>>>;

/** Forms that say more than the task's outputs do, by task. */
const SPECIAL: Readonly<Record<string, (context: Facts) => Form>> = {
  [pickAndScan.name]: scanForm,
  [restock.name]: restockForm,
  [inspect.name]: inspectForm,
};

/** The form of a task; without special rules it has the fields of the task's output. */
export function formOf(task: string, context: Facts): Form {
  const special = Object.hasOwn(SPECIAL, task) ? SPECIAL[task] : undefined;
  if (special) return special(context);
  const declared = taskNamed(task);
  return form(declared ? declared.output : z.object({ note: noteSchema }));
}

/** The OK of a form: pressing Enter after a scan does not send it. */
export const CONFIRM: FormField = { id: 'ok', type: 'confirm', required: true };

/** Reads a form as a person sent it, confirmed by `ok`. @throws InvalidRequest naming each wrong field */
export function readForm({ outputs }: Form, body: unknown): Facts {
  const schema = z.strictObject({
    ...outputs.shape,
    ok: z.literal(true, 'The form is not confirmed: ok must be true'),
  });
  const { ok: _ok, ...values } = parse(schema, body);
  return values;
}

const noteSchema = z.string().max(2000).optional();

function scanForm({ sku, reservationId: reserved }: Facts): Form {
  const hardware = hardwareFor(typeof sku === 'string' ? sku : undefined);
  if (hardware.reservedByNumber)
    return form(
      pickAndScan.output.extend({ serialNumber: sameUnit(reserved, 'Not the one that was assigned') }),
      {
        serialNumber: scanOf(reserved),
      },
    );
  return form(
    z.object({
      ...pickAndScan.output.shape,
      serialNumber: serialSchema(hardware),
      macAddress: hardware.hasMac ? macSchema : macSchema.optional(),
    }),
    {
      serialNumber: {
        type: 'scan',
        pattern: hardware.serialPattern.source,
        example: hardware.serialExample,
      },
      macAddress: { type: 'scan', pattern: MAC_PATTERN, example: 'A1:B2:C3:D4:E5:F6' },
    },
  );
}

/** The unit that comes back must be the one that was picked. */
function restockForm({ serialNumber: picked }: Facts): Form {
  return form(
    z.object({ serialNumber: sameUnit(picked, 'Not the unit that was picked'), note: noteSchema }),
    {
      serialNumber: scanOf(picked),
    },
  );
}

/** The unit that comes back must be the one that was asked for; another one is rejected as `WRONG_DEVICE`. */
function inspectForm({ serialNumber: expected }: Facts): Form {
  const returnedSerialNumber = sameUnit(
    expected,
    'Not the unit that was to come back: reject it as WRONG_DEVICE',
  );
  return form(inspect.output.extend({ returnedSerialNumber }), { returnedSerialNumber: scanOf(expected) });
}

const sameUnit = (expected: unknown, message: string) =>
  z
    .string()
    .trim()
    .toUpperCase()
    .refine((serial) => typeof expected !== 'string' || serial === expected.toUpperCase(), message);

const scanOf = (expected: unknown): Partial<FormField> => ({
  type: 'scan',
  ...(typeof expected === 'string' && { example: expected }),
});

function form(outputs: z.ZodObject, described: Described = {}): Form {
  const fields = fieldsOf(outputs).map((field) => ({ ...field, ...described[field.id] }));
  return { outputs, fields };
}

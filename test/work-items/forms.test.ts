import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { InvalidRequest } from '#shared/domain/errors.ts';
import { fieldsOf } from '#shared/work-items/fields.ts';
import { formOf, readForm } from '#shared/work-items/forms.ts';

const PICK = 'logistics.pick-scan';
const box = formOf(PICK, { sku: 'STB-4K-01' });
const filled = { serialNumber: 's4k000012345', macAddress: 'a1-b2-c3-d4-e5-f6', note: 'top shelf', ok: true };

/** The pointers that are wrong with a form. */
function wrong(form: typeof box, body: unknown): string[] {
  try {
    readForm(form, body);
    return [];
  } catch (error) {
    if (error instanceof InvalidRequest) return error.problems.map(({ pointer }) => pointer);
    throw error;
  }
}

describe('the form of pick and scan', () => {
  it('normalises what was scanned and leaves the OK out', () => {
    expect(readForm(box, filled)).toEqual({
      serialNumber: 'S4K000012345',
      macAddress: 'A1B2C3D4E5F6',
      note: 'top shelf',
    });
  });

  it.each([
    ['a serial number of other hardware', { serialNumber: 'R70000012345' }, '/serialNumber'],
    ['no serial number', { serialNumber: undefined }, '/serialNumber'],
    ['a number as serial number', { serialNumber: 12345 }, '/serialNumber'],
    ['a MAC address with a wrong digit', { macAddress: 'a1-b2-c3-d4-e5-g6' }, '/macAddress'],
    ['no MAC address', { macAddress: undefined }, '/macAddress'],
    ['a note that is too long', { note: 'x'.repeat(2001) }, '/note'],
    ['no OK', { ok: undefined }, '/ok'],
    ['an OK that is not meant', { ok: false }, '/ok'],
    ['a field that is misspelt', { serial: 'S4K000012345' }, ''],
  ])('refuses %s and names the field', (_, change, pointer) => {
    expect(wrong(box, { ...filled, ...change })).toEqual([pointer]);
  });

  it('names every wrong field at once', () => {
    expect(wrong(box, { serialNumber: 'x', macAddress: 'y' })).toEqual([
      '/serialNumber',
      '/macAddress',
      '/ok',
    ]);
    expect(wrong(box, 'scan')).toEqual(['']);
    expect(wrong(box, undefined)).toEqual(['']);
  });

  it('asks for a MAC address only where the unit has one', () => {
    const ont = formOf(PICK, { sku: 'ONT-XGS-01' });
    expect(readForm(ont, { serialNumber: 'MPXG1A2B3C4D', ok: true })).toEqual({
      serialNumber: 'MPXG1A2B3C4D',
    });
    expect(ont.fields).toContainEqual(expect.objectContaining({ id: 'macAddress', required: false }));
    expect(box.fields).toEqual([
      {
        id: 'serialNumber',
        type: 'scan',
        required: true,
        pattern: '^S4K[0-9A-Z]{9}$',
        example: 'S4K000012345',
      },
      expect.objectContaining({ id: 'macAddress', type: 'scan', required: true }),
      { id: 'note', type: 'text', required: false, max: 2000 },
    ]);
  });
});

describe('the form of a restock', () => {
  it('takes only the unit that was picked', () => {
    const form = formOf('logistics.restock', { serialNumber: 'S4K000012345' });
    expect(readForm(form, { serialNumber: 's4k000012345', ok: true })).toEqual({
      serialNumber: 'S4K000012345',
    });
    expect(wrong(form, { serialNumber: 'S4K000099999', ok: true })).toEqual(['/serialNumber']);
  });
});

describe('the form of an inspection', () => {
  it('takes only the unit that was asked for, with its grade and what becomes of it', () => {
    const form = formOf('return.inspect', { serialNumber: 'S4K000012345', returnId: 'RET-1' });
    const filled = { returnedSerialNumber: ' s4k000012345', grade: 'B', action: 'REFURBISH', ok: true };
    expect(readForm(form, filled)).toEqual({
      returnedSerialNumber: 'S4K000012345',
      grade: 'B',
      action: 'REFURBISH',
    });
    expect(wrong(form, { ...filled, returnedSerialNumber: 'S4K000099999', grade: 'C' })).toEqual([
      '/returnedSerialNumber',
      '/grade',
    ]);
    expect(form.fields[0]).toMatchObject({ type: 'scan', example: 'S4K000012345' });
  });
});

describe('the form of any other task', () => {
  it('has the fields of its output, or a note', () => {
    expect(formOf('cpe.provision', {}).fields).toEqual([{ id: 'deviceId', type: 'text', required: true }]);
    expect(formOf('stock.release', {}).fields).toEqual([
      { id: 'note', type: 'text', required: false, max: 2000 },
    ]);
  });

  it('shows what a schema says', () => {
    const schema = z.object({
      grade: z.enum(['A', 'B']),
      metres: z.int().min(0).max(5000),
      cost: z.number().optional(),
      permit: z.boolean(),
      route: z.record(z.string(), z.unknown()).optional(),
      code: z.string().regex(/^\d+$/),
      when: z.date().optional(),
    });
    expect(fieldsOf(schema)).toEqual([
      { id: 'grade', type: 'choice', required: true, options: ['A', 'B'] },
      { id: 'metres', type: 'number', required: true, min: 0, max: 5000 },
      { id: 'cost', type: 'number', required: false },
      { id: 'permit', type: 'boolean', required: true },
      { id: 'route', type: 'json', required: false },
      { id: 'code', type: 'text', required: true, pattern: '^\\d+$' },
      { id: 'when', type: 'json', required: false },
    ]);
  });
});

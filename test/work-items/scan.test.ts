import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hardwareFor, KNOWN_SKUS } from '#shared/catalogue/hardware.ts';
import { MAC_PATTERN, normaliseMac, serialSchema } from '#shared/work-items/scan.ts';

const digits = fc.stringMatching(/^[0-9A-F]{12}$/);

/** The digits as people and scanners write them: any case, separators between digits. */
const written = fc.tuple(
  digits,
  fc.array(fc.constantFrom('', ':', '-', '.', ' '), { minLength: 11, maxLength: 11 }),
  fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
);

describe('MAC address', () => {
  it('is the same however it is written', () => {
    fc.assert(
      fc.property(written, ([mac, separators, lower]) => {
        const text = [...mac]
          .map((digit, index) => (lower[index] ? digit.toLowerCase() : digit) + (separators[index] ?? ''))
          .join('');
        expect(normaliseMac(text)).toBe(mac);
        expect(text).toMatch(new RegExp(MAC_PATTERN));
      }),
    );
  });

  it('is normalised once and for all', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const mac = normaliseMac(text);
        if (mac === undefined) return;
        expect(mac).toMatch(/^[0-9A-F]{12}$/);
        expect(normaliseMac(mac)).toBe(mac);
      }),
    );
  });

  it.each(['', 'A1B2C3D4E5F', 'A1B2C3D4E5F67', 'A1:B2:C3:D4:E5:G6', 'A1_B2_C3_D4_E5_F6'])(
    'is not %j',
    (text) => {
      expect(normaliseMac(text)).toBeUndefined();
    },
  );
});

describe('serial number', () => {
  it.each(KNOWN_SKUS)('of %s matches its example', (sku) => {
    const hardware = hardwareFor(sku);
    expect(serialSchema(hardware).parse(` ${hardware.serialExample.toLowerCase()} `)).toBe(
      hardware.serialExample,
    );
  });

  it('of one kind of unit is not taken for another', () => {
    const { success, error } = serialSchema(hardwareFor('ROUTER-WIFI7-01')).safeParse('S4K000012345');
    expect(success).toBe(false);
    expect(error?.issues[0]?.message).toBe('Not a serial number of Router, Wi-Fi 7, such as R70000012345');
  });

  it('of hardware that is not listed only has to be plausible', () => {
    expect(hardwareFor('NEW-BOX-9').hasMac).toBe(false);
    expect(hardwareFor('constructor').title).toBe('Unit');
    expect(serialSchema(hardwareFor(undefined)).safeParse('ab-123').data).toBe('AB-123');
    expect(serialSchema(hardwareFor(undefined)).safeParse('<script>').success).toBe(false);
  });
});

import * as z from 'zod';
import type { Hardware } from '#shared/catalogue/hardware.ts';

/** A MAC address as people and scanners write it, before separators are removed. */
export const MAC_PATTERN = '^([0-9A-Fa-f][:.\\s-]?){11}[0-9A-Fa-f]$';

const SEPARATORS = /[:.\s-]/g;
const TWELVE_HEX_DIGITS = /^[0-9A-F]{12}$/;

/** Twelve capital hex digits without separators; undefined when it is not a MAC address. */
export function normaliseMac(text: string): string | undefined {
  const digits = text.replace(SEPARATORS, '').toUpperCase();
  return TWELVE_HEX_DIGITS.test(digits) ? digits : undefined;
}

/** Scanned MAC address, normalised. */
export const macSchema = z.string().transform((text, context) => {
  const mac = normaliseMac(text);
  if (mac !== undefined) return mac;
  context.addIssue('A MAC address has 12 hex digits, such as A1:B2:C3:D4:E5:F6');
  return z.NEVER;
});

/** Scanned serial number of this hardware, in capitals and without blanks around it. */
export const serialSchema = ({ title, serialPattern, serialExample }: Hardware) =>
  z
    .string()
    .trim()
    .toUpperCase()
    .regex(serialPattern, `Not a serial number of ${title}, such as ${serialExample}`);

/** What is printed on a kind of unit, so that a scan of the wrong label is noticed at once. */
export interface Hardware {
  readonly title: string;
  /** The whole serial number, in capitals. */
  readonly serialPattern: RegExp;
  /** A serial number that matches, for forms and messages. */
  readonly serialExample: string;
  /** Whether the unit has a MAC address of its own, which must then be scanned too. */
  readonly hasMac: boolean;
}

const HARDWARE: Readonly<Record<string, Hardware>> = {
  'ONT-GPON-01': {
    title: 'Fibre box, GPON',
    serialPattern: /^[A-Z]{4}[0-9A-F]{8}$/,
    serialExample: 'MPGP1A2B3C4D',
    hasMac: false,
  },
  'ONT-XGS-01': {
    title: 'Fibre box, XGS-PON',
    serialPattern: /^[A-Z]{4}[0-9A-F]{8}$/,
    serialExample: 'MPXG1A2B3C4D',
    hasMac: false,
  },
  'ROUTER-WIFI6-01': {
    title: 'Router, Wi-Fi 6',
    serialPattern: /^R6[0-9A-Z]{10}$/,
    serialExample: 'R60000012345',
    hasMac: true,
  },
  'ROUTER-WIFI7-01': {
    title: 'Router, Wi-Fi 7',
    serialPattern: /^R7[0-9A-Z]{10}$/,
    serialExample: 'R70000012345',
    hasMac: true,
  },
  'STB-4K-01': {
    title: 'Set-top box, 4K',
    serialPattern: /^S4K[0-9A-Z]{9}$/,
    serialExample: 'S4K000012345',
    hasMac: true,
  },
  'STB-HD-01': {
    title: 'Set-top box, HD',
    serialPattern: /^SHD[0-9A-Z]{9}$/,
    serialExample: 'SHD000012345',
    hasMac: true,
  },
};

/** A unit that this list does not know yet: any plausible serial number, and a MAC address when it has one. */
const UNKNOWN: Hardware = {
  title: 'Unit',
  serialPattern: /^[0-9A-Z][0-9A-Z-]{4,31}$/,
  serialExample: 'SN-0000012345',
  hasMac: false,
};

/** What is known about a stock keeping unit; new hardware is handled before it is listed here, with a looser check. */
export const hardwareFor = (sku: string | undefined): Hardware =>
  (sku !== undefined && Object.hasOwn(HARDWARE, sku) ? HARDWARE[sku] : undefined) ?? UNKNOWN;

/** The stock keeping units that are listed. */
export const KNOWN_SKUS: readonly string[] = Object.keys(HARDWARE);

/** What is printed on a kind of unit, so that a scan of the wrong label is noticed at once. */
export interface Hardware {
  readonly title: string;
  /** The whole serial number, in capitals. */
  readonly serialPattern: RegExp;
  /** A serial number that matches, for forms and messages. */
  readonly serialExample: string;
  /** Whether the unit has a MAC address of its own, which must then be scanned too. */
  readonly hasMac: boolean;
  /** Set when it was decided before which unit it is: the reservation is the number on its label. */
  readonly reservedByNumber?: true;
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
  'SIM-CARD': {
    title: 'SIM card',
    serialPattern: /^89\d{17,18}$/,
    serialExample: '89450100000000000012',
    hasMac: false,
    reservedByNumber: true,
  },
  'MODEM-DOCSIS-01': {
    title: 'Cable modem, DOCSIS 3.1',
    serialPattern: /^CM[0-9A-Z]{10}$/,
    serialExample: 'CM0000012345',
    hasMac: true,
  },
  'ROUTER-5G-01': {
    title: 'Router, 5G',
    serialPattern: /^R5[0-9A-Z]{10}$/,
    serialExample: 'R50000012345',
    hasMac: true,
  },
  'MODEM-SHDSL-01': {
    title: 'Modem, SHDSL',
    serialPattern: /^SH[0-9A-Z]{10}$/,
    serialExample: 'SH0000012345',
    hasMac: true,
  },
  'PHONE-5G-01': {
    title: 'Telephone, 5G',
    serialPattern: /^\d{15}$/,
    serialExample: '350000000012345',
    hasMac: false,
  },
  'WIFI-EXTENDER-01': {
    title: 'Wi-Fi extender',
    serialPattern: /^WX[0-9A-Z]{10}$/,
    serialExample: 'WX0000012345',
    hasMac: true,
  },
  'CABLE-KIT-01': {
    title: 'Cable kit',
    serialPattern: /^CK[0-9A-Z]{6,10}$/,
    serialExample: 'CK00012345',
    hasMac: false,
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

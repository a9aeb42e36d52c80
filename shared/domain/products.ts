/** The product lines; each has a file of flows under `state-machines/`. */
export const PRODUCTS = [
  'fibre',
  'internet',
  'router',
  'set-top-box',
  'iptv',
  'voip',
  'mobile-postpaid',
] as const;

export type Product = (typeof PRODUCTS)[number];

/** TMF622 item actions that change something (`noChange` starts no flow). */
export const ACTIONS = ['add', 'modify', 'delete'] as const;

export type Action = (typeof ACTIONS)[number];

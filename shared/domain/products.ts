/** The product lines; each has a file of flows under `state-machines/`. */
export const PRODUCTS = [
  'fibre',
  'shdsl',
  'xdsl',
  'cable-tv',
  'coax',
  'internet',
  'router',
  'set-top-box',
  'iptv',
  'vod',
  'voip',
  'hardware',
  'mobile-postpaid',
  'mobile-prepaid',
  'mobile-broadband',
  'number',
  'technician',
  'collection',
] as const;

export type Product = (typeof PRODUCTS)[number];

/** TMF622 item actions that change something (`noChange` starts no flow). */
export const ACTIONS = ['add', 'modify', 'delete'] as const;

export type Action = (typeof ACTIONS)[number];

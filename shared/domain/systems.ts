/** The underlying systems that the product calls. Each has a base URL parameter and a credential of its own. */
export const SYSTEMS = [
  'access-controller',
  'aaa',
  'acs-mdm',
  'address-qual',
  'assurance',
  'billing',
  'carrier',
  'credit-bureau',
  'hss-ocs',
  'identity',
  'ims',
  'inventory',
  'notify',
  'number-pool',
  'number-registry',
  'order-api',
  'payments',
  'resource-inventory',
  'sim-inventory',
  'tv-middleware',
  'warehouse',
  'wfm',
] as const;

export type SystemId = (typeof SYSTEMS)[number];

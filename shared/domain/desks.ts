/** The queues of people, each with what it is for. Every desk has an SQS queue of its own. */
export const DESKS = {
  ORDER_DESK: {
    name: 'Order desk',
    purpose: 'Invalid data, duplicates, orders in flight on the same asset, corrections',
  },
  CREDIT_REVIEW: { name: 'Credit review', purpose: 'Referred or denied credit, deposits' },
  FRAUD_REVIEW: { name: 'Fraud review', purpose: 'Identity mismatch, risk of SIM swap' },
  CUSTOMER_CARE: {
    name: 'Customer care call-back',
    purpose: 'Customer unreachable, bounced messages, no answer',
  },
  FIBRE_PLANNING: {
    name: 'Fibre planning',
    purpose: 'Desk and site surveys, routes, permits that were denied',
  },
  CIVIL_COORDINATION: { name: 'Civil works', purpose: 'Contractors, permits, damage, frozen ground' },
  FIBRE_SPLICE: { name: 'Fibre splicing', purpose: 'Splice, patch, measure the loss' },
  EXCHANGE_JUMPERING: {
    name: 'Exchange jumpering',
    purpose: 'Cross-connects at the main distribution frame',
  },
  FIELD_DISPATCH: {
    name: 'Field dispatch',
    purpose: 'No slots, missing skills, new bookings, partial visits',
  },
  WHOLESALE_DESK: { name: 'Wholesale desk', purpose: 'Rejections and delays of network owners' },
  NUMBER_PORTING: {
    name: 'Number porting desk',
    purpose: 'Porting rejections, missing answers, returns, wrong ports, the number pool',
  },
  LOGISTICS_PICK: {
    name: 'Warehouse picking',
    purpose: 'Pick, scan serial number and MAC address, note, OK',
  },
  LOGISTICS_BACKORDER: { name: 'Warehouse back-order', purpose: 'Out of stock, substitution, lost parcels' },
  LOGISTICS_RETURNS: { name: 'Warehouse returns', purpose: 'Receive, grade, restock, serial conflicts' },
  ACTIVATION_FALLOUT: { name: 'Activation fallout', purpose: 'Provisioning errors after retries' },
  NETWORK_ENGINEERING: { name: 'Network engineering', purpose: 'Ports, capacity, line faults' },
  TV_OPS: { name: 'TV operations', purpose: 'Packages, entitlements, box firmware' },
  VOICE_OPS: { name: 'Voice operations', purpose: 'SIP, numbers, emergency address' },
  MOBILE_OPS: { name: 'Mobile operations', purpose: 'Subscriber register, SIM stock' },
  BILLING_OPS: { name: 'Billing operations', purpose: 'Price and account problems' },
  COLLECTIONS_DESK: { name: 'Collections desk', purpose: 'Disputes, payment plans, agency cases' },
  SUPERVISOR: { name: 'Supervisor', purpose: 'Overrides and undo that failed' },
} as const satisfies Record<string, { name: string; purpose: string }>;

export type Desk = keyof typeof DESKS;

export const DESK_IDS = Object.keys(DESKS) as [Desk, ...Desk[]];

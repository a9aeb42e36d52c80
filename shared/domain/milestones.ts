/** Facts that a suborder can reach, in the words of the flows and the order in which they are usually reached. A gate waits for one; a step reaches it. */
export const MILESTONES = [
  'ORDER_CHECKED',
  'CREDIT_APPROVED',
  'QUALIFIED',
  'LINE_DATE_CONFIRMED',
  'NUMBER_SECURED',
  'HW_SCANNED',
  'STB_PROVISIONED',
  'VISIT_BOOKED',
  'HW_DELIVERED',
  'ROUTER_PROVISIONED',
  'VISIT_DONE',
  'LINE_BUILT',
  'ACCESS_READY',
  'INTERNET_ACTIVE',
  'VOICE_ACTIVE',
  'TV_ACTIVE',
  'MOBILE_ACTIVE',
  'BILLING_STARTED',
  'COMPLETE',
  'ENDED',
] as const;

export type Milestone = (typeof MILESTONES)[number];

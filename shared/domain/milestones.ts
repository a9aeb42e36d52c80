/** Facts that a suborder can reach, in the words of the flows. A gate waits for one; a step reaches it. */
export const MILESTONES = [
  'ORDER_CHECKED',
  'CREDIT_APPROVED',
  'QUALIFIED',
  'LINE_DATE_CONFIRMED',
  'LINE_BUILT',
  'ACCESS_READY',
  'INTERNET_ACTIVE',
  'NUMBER_SECURED',
  'VOICE_ACTIVE',
  'TV_ACTIVE',
  'MOBILE_ACTIVE',
  'HW_SCANNED',
  'HW_DELIVERED',
  'ROUTER_PROVISIONED',
  'STB_PROVISIONED',
  'VISIT_BOOKED',
  'VISIT_DONE',
  'BILLING_STARTED',
  'COMPLETE',
  'ENDED',
] as const;

export type Milestone = (typeof MILESTONES)[number];

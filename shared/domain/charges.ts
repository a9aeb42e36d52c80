/** What can be charged or credited once, in the words that the price list knows. */
export const CHARGE_CODES = [
  'CHANGE',
  'HW_SALE',
  'HW_SALE_CREDIT',
  'HW_NOT_RETURNED',
  'HW_DAMAGED',
  'DORMANT_FEE',
  'DORMANT_END',
  'PAUSE',
  'PAUSE_END',
  'FALLBACK_CREDIT',
  'VISIT_INSTALL',
  'VISIT_REPAIR',
  'VISIT_MISSED',
  'LATE_RESCHEDULE',
  'PORT_DELAY_COMPENSATION',
  'PORT_MISUSE_COMPENSATION',
  'PREPAID_BALANCE_TRANSFER',
  'REOPEN_FEE_PENDING',
  'REOPEN_FEE',
  'PLAN_FEE',
  'DISPUTE_CREDIT',
  'AGENCY_TRANSFER_FEE',
] as const;

export type ChargeCode = (typeof CHARGE_CODES)[number];

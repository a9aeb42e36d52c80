/** Why a donor refuses to let a number go, whatever the clearing house calls it. */
export const PORT_REJECT_CODES = {
  NP01_UNKNOWN_NUMBER: 'the number is not in service at the donor',
  NP02_ICC_MISMATCH: 'the SIM does not belong to the number',
  NP03_CUSTOMER_ID_MISMATCH: 'the customer does not belong to the number',
  NP04_WRONG_DONOR: 'the number belongs to another operator',
  NP05_PORT_IN_PROGRESS: 'another port of the number is open',
  NP06_DATE_INVALID: 'numbers cannot be ported on the date',
  NP07_NOT_PORTABLE: 'numbers of this kind cannot be ported',
  NP08_MULTI_NUMBER: 'the number is part of a range',
  NP09_PREPAID_POSTPAID: 'the contract is of the other kind',
  NP10_AUTHORITY_MISSING: 'the porting authority is missing or disputed',
  NP11_TERMINATED_TOO_LONG: 'the number was given up too long ago',
  NP12_FRAUD_SUSPECTED: 'misuse is suspected',
  NP13_CUSTOMER_CANCELLED: 'the customer took it back',
  NP99_OTHER: 'for another reason',
} as const satisfies Record<string, string>;

export type PortRejectCode = keyof typeof PORT_REJECT_CODES;

export const PORT_REJECT_CODE_IDS = Object.keys(PORT_REJECT_CODES) as [PortRejectCode, ...PortRejectCode[]];

/** What can be barred. Emergency calls never are (Danish end-user order 1887/2020, section 15). */
export const BARRING_PROFILES = [
  'OUTGOING',
  'FULL',
  'DATA_SLOW',
  'PREMIUM',
  'ROAMING',
  'CONTENT',
  'LOST',
] as const;

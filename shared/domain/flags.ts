/** Yes-or-no facts that flows branch on, each with where its value comes from. */
export const FLAGS = {
  selfInstall: 'item characteristic: the customer connects the line instead of a technician',
  upFront: 'item characteristic: the hardware is paid when it is ordered',
  withdrawalWait: 'computed at planning: consumer distance sale without consent to an early start',
} as const;

export type Flag = keyof typeof FLAGS;

export type Flags = Partial<Record<Flag, boolean>>;

/** Yes-or-no facts that flows branch on: the question as the console shows it, and where the value comes from. */
export const FLAGS = {
  selfInstall: {
    question: 'Does the customer install?',
    origin: 'item characteristic: the customer connects the line instead of a technician',
  },
  upFront: {
    question: 'Paid when ordered?',
    origin: 'item characteristic: the hardware is paid when it is ordered',
  },
  withdrawalWait: {
    question: 'Wait out the withdrawal period?',
    origin: 'computed when the order is accepted: consumer distance sale without consent to an early start',
  },
} as const satisfies Record<string, { question: string; origin: string }>;

export type Flag = keyof typeof FLAGS;

export type Flags = Partial<Record<Flag, boolean>>;

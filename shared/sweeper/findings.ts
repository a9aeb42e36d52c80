/** Something that does not agree, such as an order without an execution. */
export interface Finding {
  readonly kind: FindingKind;
  readonly order: string;
  readonly suborder: string;
  readonly step?: string | undefined;
  /** Which one it is, where there may be several. */
  readonly about?: string | undefined;
  /** What was done about it: it is put right, or people have to look. */
  readonly action: 'repaired' | 'reported';
}

/** What can be found, and what a person reads about it. */
export const FINDINGS = {
  INTAKE_NOT_STARTED: 'The order was accepted, and nothing has been started',
  NO_EXECUTION: 'The work has no execution that does it',
  EXECUTION_ENDED: 'The execution has ended, and its work has not',
  NOT_STARTED: 'The suborder should have begun',
  NOT_RESUMED: 'What was waited for is there, and the flow has not gone on',
  OVERDUE: 'A wait is past its time limit',
  TOKEN_WITHOUT_RECORD: 'The flow waits for a step that is done, or that nobody has',
  TOKEN_LOST: 'The flow waits for an answer, and nobody knows of it',
  RECORD_WITHOUT_TOKEN: 'The step waits, and no flow waits for it',
  STATE_DIFFERS: 'The state of the order does not follow from its items',
  EVENT_NOT_DELIVERED: 'An event has not reached who is to be told of it',
  CHANGE_NOT_HANDLED: 'What follows from a change of the order has not been done',
  EXECUTION_WITHOUT_ORDER: 'An execution runs for work that has ended, or never was',
} as const satisfies Record<string, string>;
export type FindingKind = keyof typeof FINDINGS;

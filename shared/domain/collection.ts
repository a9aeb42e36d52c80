/**
 * What the law lets a creditor do to a consumer who pays late (Danish Interest Act, section 9 b, and Debt Collection Act,
 * section 10): at most three reminders for a claim, at least ten days apart, each for at most DKK 100; a claim goes to
 * an agency at least ten days after the notice of that.
 */
export const LIMITS = {
  reminders: 3,
  reminderFeeDkk: 100,
  daysBetweenReminders: 10,
  daysAfterNotice: 10,
  agencyFeeDkk: 100,
} as const;

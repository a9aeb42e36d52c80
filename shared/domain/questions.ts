/** What customers are asked in the middle of a flow; they answer in the portal or on the phone. */
export const QUESTIONS = {
  EXTRA_COST_APPROVAL: 'The dig costs more than the standard: shall it be done?',
  PORT_AUTHORITY: 'May we have the number moved to us? Sign the porting authority.',
  LINK_PARTNER_ACCOUNT: 'Link the account at the streaming partner.',
  SIGN_CREDIT_AGREEMENT: 'Sign the agreement about the instalments.',
  ACTIVATE_NEW_SIM: 'Is the new SIM in the phone? Then it takes over the number.',
  NEW_OWNER_ACCEPT: 'Do you take the subscription over?',
} as const satisfies Record<string, string>;

export type Question = keyof typeof QUESTIONS;

export const QUESTION_IDS = Object.keys(QUESTIONS) as [Question, ...Question[]];

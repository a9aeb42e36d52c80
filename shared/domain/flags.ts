/** A yes-or-no fact: the question as the console shows it, and where the value comes from. */
interface FlagDefinition {
  readonly question: string;
  readonly origin: string;
  /** For a flag that follows from others: all of them have these values. */
  readonly allOf?: Readonly<Record<string, boolean>>;
  /** For a flag that follows from others: one of them has this value. */
  readonly anyOf?: Readonly<Record<string, boolean>>;
  /** For a flag that says which value a characteristic of the item has; without it, the characteristic has the flag's name. */
  readonly chosen?: Readonly<Record<string, string>>;
}

/** What flows branch on. */
export const FLAGS = {
  addIp: {
    question: 'Add a fixed address?',
    origin: 'item characteristic: true adds a fixed IP address, false removes it',
  },
  atAgency: {
    question: 'Is the claim at the agency?',
    origin: 'collection: the claim was handed to the agency',
  },
  authoritySigned: {
    question: 'Porting authority signed?',
    origin: 'item characteristic: the customer has signed the porting authority already',
  },
  barred: { question: 'Is a service barred?', origin: 'inventory: a service is barred for non-payment' },
  barredNoBalance: {
    question: 'Barred without balance?',
    origin: 'inventory: the prepaid number is barred since its balance is used up',
  },
  cancelOnly: {
    question: 'Cancelled, not moved?',
    origin: 'item characteristic: the visit is cancelled and no other one is booked',
  },
  customerCausedFault: {
    question: "The customer's own fault?",
    origin: "result of the visit: the fault was in the customer's equipment or wiring",
  },
  damaged: {
    question: 'Is the unit damaged?',
    origin: 'result of the inspection: the returned unit is damaged',
  },
  directoryChanged: {
    question: 'Has the directory changed?',
    origin: 'item characteristic: the entry in the directory, or its secrecy, changes',
  },
  disputeRejected: { question: 'Was the dispute rejected?', origin: 'decision of the collections desk' },
  esim: {
    question: 'Is it an eSIM?',
    origin: 'item characteristic: the customer chose an eSIM',
    chosen: { simType: 'esim' },
  },
  extraCost: {
    question: 'Does it cost extra?',
    origin: 'result of the survey: the dig costs more than the standard',
  },
  extraSim: {
    question: 'Is there an extra SIM?',
    origin: 'item characteristic: an extra data SIM is ordered',
  },
  filterBased: {
    question: 'Behind a street filter?',
    origin: 'inventory: the package is controlled by a filter in the street cabinet',
  },
  lateChange: {
    question: 'Changed at short notice?',
    origin: 'answer to the cancellation: less than 24 hours before the slot',
  },
  liveOutlet: {
    question: 'Is the outlet live?',
    origin: 'answer to the qualification: the coax outlet is connected',
  },
  mobile: { question: 'Is it a mobile number?', origin: 'item characteristic' },
  notReturned: { question: 'Was it not returned?', origin: 'nothing came back before the deadline' },
  pairsAdded: {
    question: 'Are pairs added?',
    origin: 'item characteristic: copper pairs are added to the bonding',
  },
  paidUpFront: {
    question: 'Was it paid when ordered?',
    origin: 'inventory: the hardware was paid when it was ordered, and not by the bill',
  },
  partnerAccount: {
    question: 'Is there a partner account?',
    origin: 'item characteristic: an account at a streaming partner must be linked',
  },
  partnerNotLinked: {
    question: 'Is the partner not linked?',
    origin: 'the customer did not link the account at the streaming partner',
  },
  payPerView: { question: 'Pay per view?', origin: 'item characteristic: pay per view needs credit' },
  permitNeeded: { question: 'Is a permit needed?', origin: 'result of the survey: the dig needs a permit' },
  planBroken: { question: 'Is the payment plan broken?', origin: 'an instalment was missed' },
  portLate: {
    question: 'Was the port late?',
    origin: 'computed when the port is complete: later than the law or the promise',
  },
  portedIn: {
    question: 'Was the number ported in?',
    origin: 'inventory: the number came from another operator',
  },
  portedOutMeanwhile: {
    question: 'Has the number left?',
    origin: 'inventory: the number was ported out after the termination',
  },
  numberStays: {
    question: 'Does the number stay?',
    origin: 'the port was refused, or taken back by the other operator',
  },
  existingAccount: {
    question: 'On an existing TV account?',
    origin: 'item characteristic: the order itself brings no TV account',
  },
  prepaid: { question: 'Is it prepaid?', origin: 'inventory: the number has a prepaid account' },
  rawCopper: {
    question: 'Is it rented raw copper?',
    origin: 'answer to the qualification, or inventory: the line is rented raw copper',
  },
  remindedBefore: {
    question: 'Was it reminded before?',
    origin: 'billing: this reminder was sent for the claim already',
  },
  riskHigh: { question: 'Is the risk high?', origin: 'result of the verification: the fraud score is high' },
  selfInstall: {
    question: 'Does the customer install?',
    origin: 'item characteristic: the customer connects the line instead of a technician',
  },
  socketExists: {
    question: 'Is there a fibre socket?',
    origin: 'answer to the qualification: the address has a fibre socket',
  },
  temporaryNumber: {
    question: 'A temporary number?',
    origin: 'item characteristic: a number is lent until the port is complete',
  },
  unpaid: { question: 'Is it unpaid?', origin: 'nothing, or not all, was paid before the deadline' },
  upFront: {
    question: 'Paid when ordered?',
    origin: 'item characteristic: the hardware is paid when it is ordered',
  },
  visitMissed: {
    question: 'Was a visit missed?',
    origin: 'result of the visit: nobody let the technician in, and another one was booked',
  },
  wholesaleNet: {
    question: "Another owner's network?",
    origin: "answer to the qualification, or inventory: the line is on another owner's network",
  },
  newContract: {
    question: 'A new contract?',
    origin: 'computed when the order is accepted: an item makes a new contract, or nobody knows yet',
  },
  withdrawalWait: {
    question: 'Wait out the withdrawal period?',
    origin: 'computed when the order is accepted: consumer distance sale without consent to an early start',
  },
  buildsDrop: {
    question: 'Build a new drop?',
    origin: 'own network, and no fibre socket at the address',
    allOf: { wholesaleNet: false, socketExists: false },
  },
  chargesHardware: {
    question: 'Charge for the hardware?',
    origin: 'it was not returned, or is damaged',
    anyOf: { notReturned: true, damaged: true },
  },
  refundsPayment: {
    question: 'Refund the payment?',
    origin: 'it came back, and was paid when it was ordered',
    allOf: { notReturned: false, paidUpFront: true },
  },
  creditsSale: {
    question: 'Credit the sale?',
    origin: 'it came back, and was paid by the bill',
    allOf: { notReturned: false, paidUpFront: false },
  },
  opensServices: {
    question: 'Open the services?',
    origin: 'services are barred, and the objection was accepted',
    allOf: { barred: true, disputeRejected: false },
  },
  recallsClaim: {
    question: 'Take the claim back?',
    origin: 'the claim is at the agency, and the objection was accepted',
    allOf: { atAgency: true, disputeRejected: false },
  },
  returnsNumber: {
    question: 'Return the number to its range holder?',
    origin: 'the number was ported in, and has not left meanwhile',
    allOf: { portedIn: true, portedOutMeanwhile: false },
  },
  freesNumber: {
    question: 'Free the number?',
    origin: 'the number is of our own range, and has not left meanwhile',
    allOf: { portedIn: false, portedOutMeanwhile: false },
  },
} as const satisfies Record<string, FlagDefinition>;

export type Flag = keyof typeof FLAGS;

export type Flags = Partial<Record<Flag, boolean>>;

const definitions: Readonly<Record<Flag, FlagDefinition>> = FLAGS;

export const FLAG_NAMES = Object.keys(FLAGS) as [Flag, ...Flag[]];

const isFlag = (name: string): name is Flag => Object.hasOwn(FLAGS, name);

const chosenBy = (flag: Flag): Readonly<Record<string, unknown>> =>
  definitions[flag].chosen ?? { [flag]: true };

/** The characteristics that set a flag. */
export const characteristicsOf = (flag: Flag): readonly string[] => Object.keys(chosenBy(flag));

/** Whether the characteristics of an item set a flag. */
export const isChosen = (flag: Flag, characteristics: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(chosenBy(flag)).every(([name, value]) => characteristics[name] === value);

/** How a flag follows from others, or from itself. */
export interface Derivation {
  readonly of: 'all' | 'any';
  /** The flags that have a value of their own, and the value that each must have. */
  readonly terms: readonly { readonly flag: Flag; readonly is: boolean }[];
}

/** @throws Error when a flag follows from one that does not exist, or that follows from others itself */
export function derivationOf(flag: Flag): Derivation {
  const { allOf, anyOf } = definitions[flag];
  const from = allOf ?? anyOf;
  if (!from) return { of: 'all', terms: [{ flag, is: true }] };
  const terms = Object.entries(from).map(([name, is]) => {
    if (!isFlag(name) || definitions[name].allOf || definitions[name].anyOf)
      throw new Error(`${flag} follows from ${name}, which is no flag with a value of its own`);
    return { flag: name, is };
  });
  return { of: allOf ? 'all' : 'any', terms };
}

/** Whether a flag holds; one that has no value is false. */
export function holds(flag: Flag, flags: Flags): boolean {
  const { of, terms } = derivationOf(flag);
  const met = ({ flag: name, is }: Derivation['terms'][number]) => (flags[name] ?? false) === is;
  return of === 'all' ? terms.every(met) : terms.some(met);
}

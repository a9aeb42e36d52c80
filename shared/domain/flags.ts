/** A yes-or-no fact: the question as the console shows it. */
interface FlagDefinition {
  readonly question: string;
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
  },
  atAgency: {
    question: 'Is the claim at the agency?',
  },
  authoritySigned: {
    question: 'Porting authority signed?',
  },
  barred: { question: 'Is a service barred?' },
  barredNoBalance: {
    question: 'Barred without balance?',
  },
  cancelOnly: {
    question: 'Cancelled, not moved?',
  },
  customerCausedFault: {
    question: "The customer's own fault?",
  },
  damaged: {
    question: 'Is the unit damaged?',
  },
  directoryChanged: {
    question: 'Has the directory changed?',
  },
  disputeRejected: { question: 'Was the dispute rejected?' },
  esim: {
    question: 'Is it an eSIM?',
    chosen: { simType: 'esim' },
  },
  extraCost: {
    question: 'Does it cost extra?',
  },
  extraSim: {
    question: 'Is there an extra SIM?',
  },
  filterBased: {
    question: 'Behind a street filter?',
  },
  lateChange: {
    question: 'Changed at short notice?',
  },
  liveOutlet: {
    question: 'Is the outlet live?',
  },
  mobile: { question: 'Is it a mobile number?' },
  notReturned: { question: 'Was it not returned?' },
  pairsAdded: {
    question: 'Are pairs added?',
  },
  paidUpFront: {
    question: 'Was it paid when ordered?',
  },
  partnerAccount: {
    question: 'Is there a partner account?',
  },
  partnerNotLinked: {
    question: 'Is the partner not linked?',
  },
  payPerView: { question: 'Pay per view?' },
  permitNeeded: { question: 'Is a permit needed?' },
  planBroken: { question: 'Is the payment plan broken?' },
  portLate: {
    question: 'Was the port late?',
  },
  portedIn: {
    question: 'Was the number ported in?',
  },
  portedOutMeanwhile: {
    question: 'Has the number left?',
  },
  numberStays: {
    question: 'Does the number stay?',
  },
  existingAccount: {
    question: 'On an existing TV account?',
  },
  prepaid: { question: 'Is it prepaid?' },
  rawCopper: {
    question: 'Is it rented raw copper?',
  },
  remindedBefore: {
    question: 'Was it reminded before?',
  },
  riskHigh: { question: 'Is the risk high?' },
  selfInstall: {
    question: 'Does the customer install?',
  },
  socketExists: {
    question: 'Is there a fibre socket?',
  },
  temporaryNumber: {
    question: 'A temporary number?',
  },
  unpaid: { question: 'Is it unpaid?' },
  upFront: {
    question: 'Paid when ordered?',
  },
  visitMissed: {
    question: 'Was a visit missed?',
  },
  wholesaleNet: {
    question: "Another owner's network?",
  },
  newContract: {
    question: 'A new contract?',
  },
  withdrawalWait: {
    question: 'Wait out the withdrawal period?',
  },
  buildsDrop: {
    question: 'Build a new drop?',
    allOf: { wholesaleNet: false, socketExists: false },
  },
  chargesHardware: {
    question: 'Charge for the hardware?',
    anyOf: { notReturned: true, damaged: true },
  },
  refundsPayment: {
    question: 'Refund the payment?',
    allOf: { notReturned: false, paidUpFront: true },
  },
  creditsSale: {
    question: 'Credit the sale?',
    allOf: { notReturned: false, paidUpFront: false },
  },
  opensServices: {
    question: 'Open the services?',
    allOf: { barred: true, disputeRejected: false },
  },
  recallsClaim: {
    question: 'Take the claim back?',
    allOf: { atAgency: true, disputeRejected: false },
  },
  returnsNumber: {
    question: 'Return the number to its range holder?',
    allOf: { portedIn: true, portedOutMeanwhile: false },
  },
  freesNumber: {
    question: 'Free the number?',
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

import * as z from 'zod';
import { type OperationContext, system } from '../operation.ts';

const numberPool = system('number-pool');
const numberRegistry = system('number-registry');
const och = system('och');
const ims = system('ims');
const tv = system('tv-middleware');
const sims = system('sim-inventory');
const mobile = system('hss-ocs');

const noted = z.string().optional();
const npError = { NP_ERROR: 'The clearing house refused the transaction.' };
const profileInvalid = { PROFILE_INVALID: 'There is no such plan or add-on.' };
const packageConflict = { PACKAGE_CONFLICT: 'The packages cannot be combined.' };

/** A number of the Danish plan: eight digits, mobile ones from 2x, fixed ones from 3x to 9x. */
function danishNumber(numberType: string, { values }: OperationContext): string {
  const prefix =
    numberType === 'mobile'
      ? values.pick('20', '21', '22', '23', '26', '27', '28', '29')
      : values.pick('33', '35', '36', '43', '44', '45', '75', '86', '98');
  return `+45${prefix}${values.digits(6)}`;
}

/** The digit that makes a card number valid (Luhn). */
function checkDigit(digits: string): string {
  let sum = 0;
  for (const [index, digit] of [...digits].reverse().entries()) {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return String((10 - (sum % 10)) % 10);
}

/** Numbers, porting, telephony, mobile and TV. */
export const voiceOperations = [
  numberPool.operation({
    name: 'number.reserve',
    title: 'Reserve a telephone number',
    input: z.object({ numberType: z.string().default('fixed'), preference: z.string().optional() }),
    output: z.object({ number: z.string().regex(/^\+45\d{8}$/) }),
    rejections: { POOL_EMPTY: 'No number is free.', VANITY_TAKEN: 'The number asked for is taken.' },
    answer: ({ numberType }, context) => ({
      number: context.claim('number', () => danishNumber(numberType, context)),
    }),
  }),
  numberPool.undo({
    name: 'number.release',
    title: 'Return a number to the pool',
    undoes: ['number.reserve'],
    input: z.object({ number: noted }),
  }),
  numberPool.operation({
    name: 'number.lend',
    title: 'Lend a temporary mobile number',
    input: z.object({}),
    output: z.object({ temporaryMsisdn: z.string() }),
    rejections: { POOL_EMPTY: 'No number is free.' },
    answer: (_input, context) => ({
      temporaryMsisdn: context.claim('number', () => danishNumber('mobile', context)),
    }),
  }),
  numberPool.undo({
    name: 'number.take-back',
    title: 'Take a temporary number back',
    undoes: ['number.lend'],
    input: z.object({ temporaryMsisdn: noted }),
  }),
  numberRegistry.operation({
    name: 'emergency.register',
    title: 'Register where a number is, for emergency calls and the directory',
    input: z.object({ number: z.string(), addressId: z.string().optional() }),
    output: z.object({}),
    rejections: { ADDRESS_INVALID: 'The address is not known to the emergency services.' },
    answer: () => ({}),
  }),
  numberRegistry.undo({
    name: 'emergency.deregister',
    title: 'Remove where a number is',
    undoes: ['emergency.register'],
    input: z.object({ number: noted }),
  }),
  och.operation({
    name: 'np.request',
    title: 'Ask for a number to be ported in',
    input: z.object({
      number: z.string(),
      portDate: z.iso.date(),
      donorIccid: noted,
      donorCustomerId: noted,
      donor: noted,
      donorContract: noted,
      authorityRef: noted,
      urgency: z.enum(['standard', 'emergency']).optional(),
    }),
    output: z.object({ npOrderId: z.string(), portDate: z.iso.date() }),
    rejections: npError,
    answer: ({ portDate }, { values }) => ({ npOrderId: `NP${values.digits(10)}`, portDate }),
  }),
  och.operation({
    name: 'np.find-operator',
    title: 'Find the operator of a number',
    input: z.object({ number: z.string() }),
    output: z.object({ operator: z.string() }),
    answer: (_input, { values }) => ({ operator: `OP${values.digits(3)}` }),
  }),
  och.undo({
    name: 'np.cancel',
    title: 'Cancel a port that is not complete',
    undoes: ['np.request'],
    input: z.object({ npOrderId: noted }),
  }),
  och.operation({
    name: 'np.complete',
    title: 'Complete a port: all operators route the number anew',
    input: z.object({ npOrderId: z.string(), routing: z.string().optional() }),
    output: z.object({ portedAt: z.iso.datetime() }),
    rejections: npError,
    answer: (_input, { now }) => ({ portedAt: new Date(now).toISOString() }),
  }),
  och.operation({
    name: 'np.respond',
    title: 'Confirm or reject a port as the donor',
    input: z.object({
      npOrderId: z.string(),
      decision: z.string().optional(),
      rejectCode: z.string().optional(),
    }),
    output: z.object({}),
    rejections: npError,
    answer: () => ({}),
  }),
  och.operation({
    name: 'np.return',
    title: 'Return a ceased number to its range holder',
    input: z.object({ number: z.string() }),
    output: z.object({}),
    rejections: npError,
    answer: () => ({}),
  }),
  och.operation({
    name: 'np.change',
    title: 'Change the routing of numbers',
    undoes: ['np.change'],
    input: z.object({ numbers: z.array(z.string()), newRouting: z.string(), ratePerHour: z.int() }),
    output: z.object({ previousRouting: z.string() }),
    rejections: { ...npError, WINDOW_OVER: 'The service window that was granted for it is over.' },
    answer: (_input, { values }) => ({ previousRouting: `RN${values.digits(4)}` }),
  }),
  ims.operation({
    name: 'voip.provision',
    title: 'Create a voice account',
    input: z.object({ number: z.string(), lineId: z.string().optional() }),
    output: z.object({ sipUri: z.string(), credentialsRef: z.string() }),
    rejections: { NUMBER_IN_USE: 'The number has an account.' },
    answer: ({ number }, { values }) => ({
      sipUri: `sip:${number}@ims.example`,
      credentialsRef: `vault:ims/${values.code(16)}`,
    }),
  }),
  ims.undo({
    name: 'voip.deprovision',
    title: 'Remove a voice account',
    undoes: ['voip.provision'],
    input: z.object({ sipUri: noted }),
  }),
  ims.operation({
    name: 'voip.modify',
    title: 'Change a voice account',
    input: z.object({
      sipUri: z.string(),
      state: noted,
      number: noted,
      features: z.array(z.string()).optional(),
    }),
    output: z.object({ previousProfile: z.string() }),
    rejections: { FEATURE_CONFLICT: 'The features cannot be combined.' },
    answer: (_input, { values }) => ({ previousProfile: values.pick('voice-basic', 'voice-plus') }),
  }),
  ims.undo({
    name: 'voip.modify-revert',
    title: 'Restore a voice account',
    undoes: ['voip.modify'],
    input: z.object({ sipUri: noted, previousProfile: noted }),
  }),
  tv.operation({
    name: 'tv.provision',
    title: 'Create a TV account with packages',
    input: z.object({ accountId: z.string().optional(), packages: z.array(z.string()).optional() }),
    output: z.object({ tvAccountId: z.string() }),
    rejections: { ...packageConflict, DEVICE_UNKNOWN: 'A box is not known.' },
    answer: (_input, { values }) => ({ tvAccountId: `TV-${values.digits(8)}` }),
  }),
  tv.undo({
    name: 'tv.deprovision',
    title: 'Remove a TV account',
    undoes: ['tv.provision'],
    input: z.object({ tvAccountId: noted }),
  }),
  tv.operation({
    name: 'tv.modify',
    title: 'Change the packages of a TV account',
    input: z.object({
      tvAccountId: z.string(),
      change: z.string(),
      packages: z.array(z.string()).optional(),
      deviceIds: z.array(z.string()).optional(),
    }),
    output: z.object({ previousEntitlements: z.array(z.string()) }),
    rejections: packageConflict,
    answer: (_input, { values }) => ({ previousEntitlements: [values.pick('BASIC', 'MEDIUM', 'FULL')] }),
  }),
  tv.undo({
    name: 'tv.modify-revert',
    title: 'Restore the packages of a TV account',
    undoes: ['tv.modify'],
    input: z.object({ tvAccountId: noted, previousEntitlements: z.array(z.string()).optional() }),
  }),
  sims.operation({
    name: 'sim.assign',
    title: 'Assign a SIM card or an eSIM profile',
    input: z.object({
      simType: z.string().default('esim'),
      eid: z.string().optional(),
      stockSite: z.string().optional(),
      formerIccid: z.string().optional(),
    }),
    output: z.object({
      iccid: z.string().regex(/^\d{20}$/),
      imsi: z.string().regex(/^\d{15}$/),
      activationCode: z.string().optional(),
    }),
    rejections: { SIM_STOCK_EMPTY: 'No card is left.', EID_INVALID: 'The device does not exist.' },
    answer: ({ simType }, { values, claim }) => {
      const iccid = claim('iccid', () => {
        const digits = `894501${values.digits(13)}`;
        return digits + checkDigit(digits);
      });
      return {
        iccid,
        imsi: claim('imsi', () => `23806${values.digits(10)}`),
        ...(simType === 'physical' ? {} : { activationCode: `LPA:1$smdp.example$${values.code(20)}` }),
      };
    },
  }),
  sims.undo({
    name: 'sim.release',
    title: 'Kill a SIM card or an eSIM profile',
    undoes: ['sim.assign'],
    input: z.object({ iccid: noted }),
  }),
  mobile.operation({
    name: 'mobile.provision',
    title: 'Create a mobile subscriber; the former one, if it takes its place, is removed',
    input: z.object({
      msisdn: z.string(),
      imsi: z.string(),
      plan: z.string().optional(),
      formerSubscriberId: z.string().optional(),
    }),
    output: z.object({ subscriberId: z.string() }),
    rejections: { IMSI_IN_USE: 'The SIM has a subscriber.', ...profileInvalid },
    answer: (_input, { values }) => ({ subscriberId: `MS-${values.digits(10)}` }),
  }),
  mobile.undo({
    name: 'mobile.deprovision',
    title: 'Remove a mobile subscriber',
    undoes: ['mobile.provision'],
    input: z.object({ subscriberId: noted }),
  }),
  mobile.operation({
    name: 'mobile.modify',
    title: 'Change a mobile subscriber',
    input: z.looseObject({ subscriberId: z.string() }),
    output: z.object({ previousProfile: z.string(), barredNoBalance: z.boolean().optional() }),
    rejections: profileInvalid,
    answer: (_input, { values }) => ({ previousProfile: values.pick('mobile-10gb', 'mobile-50gb') }),
  }),
  mobile.undo({
    name: 'mobile.modify-revert',
    title: 'Restore a mobile subscriber',
    undoes: ['mobile.modify'],
    input: z.object({ subscriberId: noted, previousProfile: noted }),
  }),
];

import * as z from 'zod';
import { BULK_CHANGE, nextPortMoment, PORT_REJECT_CODE_IDS } from '#shared/domain/porting.ts';
import {
  askCustomer,
  cancelItem,
  continueWithFlag,
  defineTask,
  fallout,
  rerunFrom,
  undoneBy,
} from './task.ts';

export const cancel = defineTask({
  name: 'np.cancel',
  title: 'Take the port request back',
  kind: 'system',
  lane: 'commissioning',
  system: 'och',
  input: z.object({ npOrderId: z.string() }),
  output: z.object({}),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'NUMBER_PORTING',
  expected: 'PT1M',
  timeLimit: 'PT1M',
  undo: 'irreversible',
});

const contract = z.enum(['postpaid', 'prepaid']);

/** What a port request says, in whatever way the clearing house wants it said. */
const statement = {
  number: z.string(),
  /** The SIM that the number is on at the donor. */
  donorIccid: z.string().optional(),
  /** Who the customer is to the donor, as for a business. */
  donorCustomerId: z.string().optional(),
  donor: z.string().optional(),
  /** How the customer pays the donor. */
  donorContract: contract.optional(),
  /** Proof of the customer's consent. */
  authorityRef: z.string().optional(),
  /** `emergency`: the number left by mistake or fraud. */
  urgency: z.enum(['standard', 'emergency']).default('standard'),
};

/** The number's operator, by the clearing house's records. */
export const FIND_OPERATOR = {
  operation: 'np.find-operator',
  asks: z.object({ number: z.string() }),
  answers: z.object({ operator: z.string() }),
} as const;

/** Asks for the first date that is possible and wished, and only with the customer's consent. After a rejection, what was wrong is put right. */
export const request = defineTask({
  name: 'np.request',
  title: 'Request the port',
  kind: 'system',
  lane: 'commissioning',
  system: 'och',
  input: z.object({
    ...statement,
    /** The customer signed the authority when ordering. */
    authoritySigned: z.boolean().optional(),
    requestedDate: z.string().optional(),
    /** The new SIM, where a card is sent to the customer, and when that came. */
    newSim: z.enum(['esim', 'physical']).optional(),
    deliveredAt: z.string().optional(),
    /** Why the donor refused the request before this one, and the date that it was for. */
    rejectedWith: z.string().optional(),
    portDate: z.iso.date().optional(),
  }),
  output: z.object({
    npOrderId: z.string(),
    /** The date that was asked for, and when the number has to be here by law and by that date. */
    portDate: z.iso.date(),
    portBy: z.iso.datetime({ offset: true }),
    donor: z.string().optional(),
    donorContract: contract.optional(),
  }),
  exchange: {
    asks: z.object({ ...statement, portDate: z.iso.date() }),
    /** A repeated call is answered with the date of the first: the day may have moved on meanwhile. */
    answers: z.object({ npOrderId: z.string(), portDate: z.iso.date() }),
  },
  keeps: ['portDate', 'donor', 'donorContract'],
  rejections: { NP_ERROR: fallout('NUMBER_PORTING') },
  retry: 'standard',
  falloutDesk: 'NUMBER_PORTING',
  expected: 'PT10S',
  timeLimit: 'PT1M',
  undo: cancel,
});

/** The step that asks for the port: flows that port numbers in give it this name. */
const REQUEST = 'portReq';
/** The desk agrees another service window. */
const agreeAgain = rerunFrom('window');
/** The customer says what is right, and the port is asked for again. */
const askAgain = askCustomer({ from: REQUEST, tells: 'PORT_REJECTED' });
const requestAgain = rerunFrom(REQUEST, { atMost: 3 });

export const awaitConfirmation = defineTask({
  name: 'np.await-confirmation',
  title: 'Donor confirms the port date',
  kind: 'event',
  lane: 'commissioning',
  topic: 'port',
  correlation: 'npOrderId',
  completedBy: 'confirmed',
  rejectedBy: { rejected: PORT_REJECT_CODE_IDS },
  onDeadline: 'NO_RESPONSE',
  input: z.object({ npOrderId: z.string() }),
  output: z.object({
    confirmedPortDate: z.iso.datetime({ offset: true }),
    donorRouting: z.string().optional(),
  }),
  rejections: {
    NP01_UNKNOWN_NUMBER: askAgain,
    NP02_ICC_MISMATCH: askAgain,
    NP03_CUSTOMER_ID_MISMATCH: askAgain,
    NP04_WRONG_DONOR: requestAgain,
    NP05_PORT_IN_PROGRESS: fallout('NUMBER_PORTING', { from: REQUEST, tells: 'PORT_REJECTED' }),
    NP06_DATE_INVALID: requestAgain,
    NP07_NOT_PORTABLE: askAgain,
    NP08_MULTI_NUMBER: fallout('NUMBER_PORTING', { from: REQUEST, tells: 'PORT_REJECTED' }),
    NP09_PREPAID_POSTPAID: requestAgain,
    NP10_AUTHORITY_MISSING: askAgain,
    NP11_TERMINATED_TOO_LONG: askAgain,
    NP12_FRAUD_SUSPECTED: fallout('FRAUD_REVIEW', { from: REQUEST }),
    NP13_CUSTOMER_CANCELLED: cancelItem({ tells: 'ORDER_CANCELLED' }),
    NP99_OTHER: fallout('NUMBER_PORTING', { from: REQUEST }),
    NO_RESPONSE: fallout('NUMBER_PORTING'),
  },
  falloutDesk: 'NUMBER_PORTING',
  expected: 'PT4H',
  timeLimit: 'P1D',
  undo: 'none',
});

/** All operators route the number to us from now on: nobody can take that back, only port the number again. */
export const complete = defineTask({
  name: 'np.complete',
  title: 'Complete the port',
  kind: 'system',
  lane: 'commissioning',
  system: 'och',
  input: z.object({ npOrderId: z.string(), routing: z.string().optional(), portBy: z.string().optional() }),
  output: z.object({
    portedAt: z.iso.datetime({ offset: true }),
    portLate: z.boolean(),
    /** What the customer gets for it, in DKK. */
    delayCompensation: z.number().optional(),
  }),
  exchange: {
    asks: z.object({ npOrderId: z.string(), routing: z.string().optional() }),
    answers: z.object({ portedAt: z.iso.datetime({ offset: true }) }),
  },
  sets: ['portLate'],
  opens: nextPortMoment,
  rejections: { NP_ERROR: fallout('NUMBER_PORTING') },
  retry: 'standard',
  falloutDesk: 'NUMBER_PORTING',
  expected: 'PT1M',
  timeLimit: 'PT1M',
  undo: 'irreversible',
});

const asked = { number: z.string(), npOrderId: z.string(), installedProductId: z.string().optional() };
const verdict = {
  decision: z.enum(['confirm', 'reject']),
  rejectCode: z.enum(PORT_REJECT_CODE_IDS).optional(),
};

/** As the donor: is there a reason of the rules of the clearing house to refuse? Binding and notice are none (Danish telecommunications act, section 27). */
export const checkRequest = defineTask({
  name: 'np.check-request',
  title: 'Check the port request',
  kind: 'system',
  lane: 'management',
  system: 'order-api',
  input: z.object({ ...asked, portDate: z.string().optional() }),
  output: z.object({
    ...verdict,
    numberStays: z.boolean(),
    /** The date on which the number leaves. */
    portDate: z.iso.date().optional(),
  }),
  exchange: { asks: z.object(asked), answers: z.object(verdict) },
  sets: ['numberStays'],
  rejections: { INVALID_DATA: fallout('NUMBER_PORTING') },
  retry: 'standard',
  falloutDesk: 'NUMBER_PORTING',
  expected: 'PT5S',
  timeLimit: 'PT1M',
  undo: 'none',
});

export const respond = defineTask({
  name: 'np.respond',
  title: 'Answer the port request',
  kind: 'system',
  lane: 'commissioning',
  system: 'och',
  input: z.object({
    npOrderId: z.string(),
    decision: z.enum(['confirm', 'reject']),
    rejectCode: z.enum(PORT_REJECT_CODE_IDS).optional(),
    portDate: z.string().optional(),
  }),
  output: z.object({}),
  rejections: { NP_ERROR: fallout('NUMBER_PORTING') },
  retry: 'standard',
  falloutDesk: 'NUMBER_PORTING',
  expected: 'PT1H',
  timeLimit: 'PT1M',
  undo: 'none',
});

export const awaitCompletion = defineTask({
  name: 'np.await-completion',
  title: 'Recipient completes the port',
  kind: 'event',
  lane: 'commissioning',
  topic: 'port',
  correlation: 'npOrderId',
  completedBy: 'completed',
  rejectedBy: { cancelled: 'CANCELLED', stopped: 'STOPPED_BY_CUSTOMER' },
  onDeadline: 'NOT_COMPLETED_IN_WINDOW',
  grace: 'P2D',
  input: z.object({
    npOrderId: z.string(),
    dueAt: z.string().optional(),
    /** The date that was agreed with the recipient after the first. */
    newPortDate: z.iso.date().optional(),
  }),
  output: z.object({ portedAt: z.iso.datetime({ offset: true }) }),
  rejections: {
    CANCELLED: continueWithFlag('numberStays', { misses: true }),
    /** The customer, who was told that the number is leaving, has not asked for it. */
    STOPPED_BY_CUSTOMER: fallout('FRAUD_REVIEW'),
    NOT_COMPLETED_IN_WINDOW: fallout('NUMBER_PORTING'),
  },
  falloutDesk: 'NUMBER_PORTING',
  expected: 'P1D',
  /** The customer may have asked for a date far ahead. */
  timeLimit: 'P180D',
  undo: 'none',
});

export const giveBack = defineTask({
  name: 'np.return',
  title: 'Return the number to its range holder',
  kind: 'system',
  lane: 'commissioning',
  system: 'och',
  input: z.object({ number: z.string() }),
  output: z.object({}),
  rejections: { NP_ERROR: fallout('NUMBER_PORTING') },
  retry: 'standard',
  falloutDesk: 'NUMBER_PORTING',
  expected: 'PT10M',
  timeLimit: 'PT1M',
  undo: 'irreversible',
});

/**
 * @throws BusinessRejection `WINDOW_TOO_SOON`: the clearing house wants notice; `WINDOW_TOO_SHORT`: so many numbers do not
 * fit into it, or no service window can begin then
 */
export const checkWindow = defineTask({
  name: 'np.check-window',
  title: 'Check the service window',
  kind: 'system',
  lane: 'commissioning',
  system: 'milepost',
  input: z.object({
    numbers: z.array(z.string()),
    windowStart: z.iso.datetime({ offset: true }).optional(),
  }),
  output: z.object({}),
  rejections: { WINDOW_TOO_SOON: agreeAgain, WINDOW_TOO_SHORT: agreeAgain },
  retry: 'standard',
  falloutDesk: 'NUMBER_PORTING',
  expected: 'PT5S',
  timeLimit: 'PT1M',
  undo: 'none',
});

const bulkChange = {
  numbers: z.array(z.string()),
  newRouting: z.string(),
  ratePerHour: z.int().positive().max(BULK_CHANGE.perHour),
};

/** @throws BusinessRejection `WINDOW_OVER`: the numbers cannot be changed any more in the service window that was agreed */
export const change = defineTask({
  name: 'np.change',
  title: 'Change the routing of numbers',
  kind: 'system',
  lane: 'commissioning',
  system: 'och',
  input: z.object({ ...bulkChange, windowStart: z.iso.datetime({ offset: true }) }),
  output: z.object({ previousRouting: z.string().optional() }),
  exchange: {
    asks: z.object(bulkChange),
    answers: z.object({ previousRouting: z.string().optional() }),
  },
  rejections: { NP_ERROR: fallout('NUMBER_PORTING'), WINDOW_OVER: agreeAgain },
  retry: 'poll',
  falloutDesk: 'NUMBER_PORTING',
  expected: 'PT10M',
  timeLimit: 'PT1M',
  undo: undoneBy('np.change'),
});

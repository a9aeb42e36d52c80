import * as z from 'zod';
import { deterministic } from '../deterministic.ts';
import { system, workingDay } from '../operation.ts';

const orderApi = system('order-api');
const inventory = system('inventory');
const identity = system('identity');
const creditBureau = system('credit-bureau');
const payments = system('payments');
const notify = system('notify');
const addressQual = system('address-qual');

/** A product that was there before the simulator started: made up from its id, so that it is the same every time. */
function installedBefore(id: string): Readonly<Record<string, unknown>> {
  const values = deterministic(`installed\n${id}`);
  const number = `+45${values.pick('33', '44', '86')}${values.digits(6)}`;
  return {
    lineId: `LN-${values.digits(9)}`,
    port: `olt-${values.integer(1, 400)}/${values.integer(1, 16)}/${values.integer(1, 16)}/${values.integer(1, 64)}`,
    vlan: values.integer(100, 3999),
    ip: `100.64.${values.integer(0, 255)}.${values.integer(1, 254)}`,
    wholesaleOrderId: `WS-${values.digits(9)}`,
    jumperRef: `MDF-${values.digits(6)}`,
    serialNumber: `SN${values.digits(10)}`,
    deviceId: `DEV-${values.code(8)}`,
    username: `${values.digits(9)}@bb.example`,
    number,
    sipUri: `sip:${number}@ims.example`,
    tvAccountId: `TV-${values.digits(8)}`,
    packages: ['BASIC'],
    subscriberId: `MS-${values.digits(10)}`,
    iccid: `894501${values.digits(14)}`,
    imsi: `23806${values.digits(10)}`,
    paymentRef: `PAY-${values.code(12)}`,
  };
}

/** Orders, customers, payments, inventory, correspondence. */
export const managementOperations = [
  orderApi.operation({
    name: 'order.validate',
    title: 'Check an order against the catalogue, the customer and other orders',
    input: z.object({ order: z.string().optional(), items: z.array(z.unknown()).optional() }),
    output: z.object({ warnings: z.array(z.string()) }),
    rejections: {
      INVALID_DATA: 'The order does not agree with the catalogue.',
      DUPLICATE_ORDER: 'The same order is already under way.',
      CUSTOMER_BLOCKED: 'The customer may not order.',
    },
    answer: () => ({ warnings: [] }),
  }),
  orderApi.operation({
    name: 'np.check-request',
    title: 'Say whether a number may be ported out',
    input: z.object({ number: z.string(), npOrderId: z.string(), installedProductId: z.string().optional() }),
    output: z.object({
      decision: z.enum(['confirm', 'reject']),
      rejectCode: z.string().optional(),
    }),
    rejections: { INVALID_DATA: 'The request does not say enough.' },
    answer: () => ({ decision: 'confirm' as const }),
  }),
  orderApi.operation({
    name: 'case.close',
    title: 'Note that a case is settled',
    input: z.object({ order: z.string() }),
    output: z.object({}),
    answer: () => ({}),
  }),
  identity.operation({
    name: 'customer.verify',
    title: 'Verify identity and consents',
    input: z.object({
      customerId: z.string().optional(),
      consents: z.array(z.string()).default([]),
      assurance: z.enum(['standard', 'strong']).default('standard'),
    }),
    output: z.object({
      verified: z.boolean(),
      consentRefs: z.array(z.string()),
      riskHigh: z.boolean().optional(),
    }),
    rejections: {
      ID_MISMATCH: 'The identity does not match the customer.',
      CONSENT_MISSING: 'A consent that is needed was not given.',
    },
    answer: ({ consents }, { values }) => ({
      verified: true,
      consentRefs: consents.map(() => `CONSENT-${values.code(10)}`),
    }),
  }),
  creditBureau.operation({
    name: 'credit.check',
    title: 'Rate a customer for an order',
    input: z.object({ customerId: z.string().optional(), orderValue: z.number().optional() }),
    output: z.object({ decision: z.enum(['APPROVED']), limit: z.number(), deposit: z.number() }),
    rejections: {
      REFER: 'A person must decide.',
      DENIED: 'No credit.',
      DEPOSIT_REQUIRED: 'Credit only with a deposit.',
    },
    answer: (_input, { values }) => ({
      decision: 'APPROVED' as const,
      limit: values.integer(5, 20) * 1000,
      deposit: 0,
    }),
  }),
  payments.operation({
    name: 'payment.collect',
    title: 'Collect a payment',
    input: z.object({
      accountId: z.string().optional(),
      amount: z.number().optional(),
      reference: z.string().optional(),
    }),
    output: z.object({ paymentRef: z.string() }),
    rejections: { DECLINED: 'The bank declined.', EXPIRED_CARD: 'The card has expired.' },
    answer: (_input, { values }) => ({ paymentRef: `PAY-${values.code(12)}` }),
  }),
  payments.undo({
    name: 'payment.refund',
    title: 'Refund a payment',
    undoes: ['payment.collect'],
    input: z.object({ paymentRef: z.string().optional() }),
  }),
  inventory.operation({
    name: 'asset.lock',
    title: 'Lock an asset for an order; of an installed product, says what is known of it',
    input: z.object({
      installedProductId: z.string().optional(),
      installedNumber: z.string().optional(),
      product: z.string().optional(),
      order: z.string().optional(),
    }),
    output: z.looseObject({
      lockId: z.string(),
      installedProductId: z.string().optional(),
      noticeEnds: z.iso.date().optional(),
      periodEnds: z.iso.date().optional(),
    }),
    rejections: { ASSET_IN_FLIGHT: 'Another order is changing the asset.' },
    answer: ({ installedProductId, installedNumber: number }, { values, now, recall }) => {
      const lockId = `LOCK-${values.code(10)}`;
      const id = installedProductId ?? (number === undefined ? undefined : `IP-${number.replace('+', '')}`);
      if (id === undefined) return { lockId };
      return {
        ...installedBefore(id),
        ...(number !== undefined && { number, accountId: `ACC-${id}`, customerId: `CUS-${id}` }),
        ...recall(id),
        lockId,
        installedProductId: id,
        noticeEnds: workingDay(now, 30),
        periodEnds: workingDay(now, 20),
      };
    },
  }),
  inventory.undo({
    name: 'asset.unlock',
    title: 'Give a lock up: the order is done, or undone',
    undoes: ['asset.lock'],
    input: z.object({ lockId: z.string().optional() }),
  }),
  inventory.operation({
    name: 'inventory.update',
    title: 'Record an installed product',
    input: z.looseObject({ installedProductId: z.string().optional(), newState: z.string() }),
    output: z.object({ installedProductId: z.string() }),
    answer: ({ installedProductId, newState: _state, suborder: _suborder, ...attributes }, context) => {
      const id = installedProductId ?? `IP-${context.values.digits(9)}`;
      context.remember(id, attributes);
      return { installedProductId: id };
    },
  }),
  inventory.operation({
    name: 'inventory.list',
    title: 'List what an account has',
    input: z.object({ accountId: z.string() }),
    output: z.object({
      liveProducts: z.array(z.object({ id: z.string(), offering: z.string() })),
      serialNumber: z.string().optional(),
    }),
    answer: (_input, { values }) => ({
      liveProducts: [
        { id: `IP-${values.digits(9)}`, offering: 'internet-1000' },
        { id: `IP-${values.digits(9)}`, offering: 'fibre-1000' },
      ],
      serialNumber: `R7${values.digits(10)}`,
    }),
  }),
  inventory.undo({
    name: 'inventory.revert',
    title: 'Restore the version before an update',
    undoes: ['inventory.update'],
    input: z.object({ installedProductId: z.string().optional() }),
  }),
  addressQual.operation({
    name: 'serviceability.check',
    title: 'Say what an address can get',
    input: z.object({ addressId: z.string(), technology: z.string(), speed: z.string().optional() }),
    output: z.object({
      qualified: z.boolean(),
      technology: z.string(),
      maxSpeed: z.string(),
      leadTimeClass: z.string(),
      socketExists: z.boolean(),
      liveOutlet: z.boolean(),
      wholesaleNet: z.boolean(),
      rawCopper: z.boolean(),
    }),
    rejections: {
      NOT_SERVICEABLE: 'The address cannot get the technology.',
      ADDRESS_UNKNOWN: 'There is no such address.',
      CAPACITY_FULL: 'There is no free capacity.',
    },
    answer: ({ technology }, { values }) => ({
      qualified: true,
      technology,
      maxSpeed: values.pick('1000/1000', '2500/1000'),
      leadTimeClass: 'STANDARD',
      socketExists: false,
      liveOutlet: false,
      wholesaleNet: false,
      rawCopper: false,
    }),
  }),
  notify.operation({
    name: 'message.send',
    title: 'Send a message to a customer',
    input: z.object({
      template: z.string(),
      channels: z.array(z.string()).optional(),
      recipient: z.string().optional(),
      params: z.record(z.string(), z.unknown()).optional(),
    }),
    output: z.object({ messageId: z.string() }),
    rejections: {
      NO_VALID_CHANNEL: 'The customer cannot be reached on any channel.',
      BOUNCED: 'The message came back.',
    },
    answer: (_input, { values }) => ({ messageId: `MSG-${values.code(14)}` }),
  }),
];

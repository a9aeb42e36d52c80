import * as z from 'zod';
import { system } from '../operation.ts';

const orderApi = system('order-api');
const inventory = system('inventory');
const identity = system('identity');
const creditBureau = system('credit-bureau');
const payments = system('payments');
const notify = system('notify');
const addressQual = system('address-qual');

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
    name: 'flow.start',
    title: 'Start a follow-on order',
    input: z.object({ startFlow: z.string(), context: z.unknown().optional() }),
    output: z.object({ childOrderId: z.string() }),
    rejections: { REFUSED: 'The follow-on order cannot be started.' },
    answer: (_input, { values }) => ({ childOrderId: `FO-${values.code(8)}` }),
  }),
  identity.operation({
    name: 'customer.verify',
    title: 'Verify identity and consents',
    input: z.object({ customerId: z.string().optional(), consents: z.array(z.string()).default([]) }),
    output: z.object({ verified: z.boolean(), consentRefs: z.array(z.string()) }),
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
    title: 'Lock an asset for an order',
    input: z.object({ installedProductId: z.string().optional(), order: z.string().optional() }),
    output: z.object({ lockId: z.string() }),
    rejections: { ASSET_IN_FLIGHT: 'Another order is changing the asset.' },
    answer: (_input, { values }) => ({ lockId: `LOCK-${values.code(10)}` }),
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
    input: z.object({
      installedProductId: z.string().optional(),
      newState: z.string(),
      attributes: z.record(z.string(), z.unknown()).optional(),
    }),
    output: z.object({ installedProductId: z.string() }),
    answer: ({ installedProductId }, { values }) => ({
      installedProductId: installedProductId ?? `IP-${values.digits(9)}`,
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

import { EventBridgeClient, PutEventsCommand, type PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { send } from '#functions/correspondence/send.ts';
import { publish } from '#functions/events/publish.ts';
import { domainEventSchema, domainEvents } from '#shared/domain-events.ts';
import type { StepRecord } from '#shared/store/records.ts';
import { streamEvent } from './lambda.ts';
import { doneStep, header, NOW, ORDER, suborder, World } from './support.ts';

type Image = Readonly<Record<string, unknown>>;

const eventsOf = (image: Image, before?: Image) => domainEvents({ id: 'e1', at: NOW, image, before });
const common = { id: 'e1', order: ORDER };

describe('an order', () => {
  it('that is new was accepted, and the customer is told', () => {
    expect(eventsOf(header({ state: 'acknowledged' }))).toEqual([
      {
        type: 'OrderAccepted',
        detail: { ...common, suborder: '00', at: '2026-03-01T10:00:00.000Z', tells: 'ORDER_RECEIVED' },
      },
    ]);
  });

  it('changes its state', () => {
    expect(eventsOf(header({ state: 'held' }), header({ state: 'inProgress' }))).toEqual([
      {
        type: 'OrderStateChanged',
        detail: { ...common, suborder: '00', at: NOW, state: 'held', before: 'inProgress' },
      },
    ]);
  });

  it('that was cancelled is a message to the customer', () => {
    const [event] = eventsOf(header({ state: 'cancelled' }), header({ state: 'pendingCancellation' }));
    expect(event?.detail).toMatchObject({ tells: 'ORDER_CANCELLED' });
  });

  it('that changes in any other way is no event', () => {
    expect(eventsOf(header({ version: 2 }), header())).toEqual([]);
  });
});

describe('a suborder', () => {
  it('changes its state', () => {
    expect(eventsOf(suborder('04', { state: 'held' }), suborder('04', { state: 'inProgress' }))).toEqual([
      {
        type: 'SuborderStateChanged',
        detail: {
          ...common,
          suborder: '04',
          at: NOW,
          flow: 'set-top-box.create',
          state: 'held',
          before: 'inProgress',
        },
      },
    ]);
  });

  it('is no event when it is planned, or gets on', () => {
    expect(eventsOf(suborder('04', { state: 'acknowledged' }))).toEqual([]);
    expect(eventsOf(suborder('04', { done: 2 }), suborder('04', { done: 1 }))).toEqual([]);
  });

  it('that is in progress from its first record on says so', () => {
    expect(eventsOf(suborder('00', { state: 'inProgress' }))).toMatchObject([
      { detail: { state: 'inProgress', before: 'acknowledged' } },
    ]);
  });
});

describe('a step', () => {
  const step = (more: Partial<StepRecord> = {}) =>
    doneStep('ship', { task: 'logistics.ship', tells: 'HW_SHIPPED', ...more });

  it('completes, with its milestone and what the customer is told', () => {
    expect(
      eventsOf(step({ reaches: 'HW_SCANNED', tells: 'HW_SHIPPED' }), step({ status: 'waiting' })),
    ).toEqual([
      {
        type: 'StepCompleted',
        detail: {
          ...common,
          suborder: '04',
          at: '2026-03-02T07:00:00.000Z',
          step: 'ship',
          task: 'logistics.ship',
          run: 1,
          reaches: 'HW_SCANNED',
          tells: 'HW_SHIPPED',
        },
      },
    ]);
  });

  it('that reaches nothing and tells nobody is no event', () => {
    expect(eventsOf(doneStep('test', { task: 'service.test' }))).toEqual([]);
  });

  it('completes again when it ran again', () => {
    expect(eventsOf(step({ run: 2 }), step({ run: 1 }))).toMatchObject([{ type: 'StepCompleted' }]);
  });

  it('that fails again, for another reason, is an event again', () => {
    const before = step({ status: 'fallout', at: '2026-03-01T09:00:00.000Z' });
    expect(eventsOf(step({ status: 'fallout', tells: 'HW_BACKORDER' }), before)).toMatchObject([
      { type: 'StepFailed', detail: { step: 'ship', tells: 'HW_BACKORDER' } },
    ]);
    expect(eventsOf(step({ status: 'fallout' }), step({ status: 'fallout' }))).toEqual([]);
  });

  it('fails', () => {
    expect(eventsOf(step({ status: 'fallout', tells: 'HW_BACKORDER' }))).toMatchObject([
      { type: 'StepFailed', detail: { step: 'ship', tells: 'HW_BACKORDER' } },
    ]);
  });

  it.each(['skipped', 'undone', 'obsolete'] as const)('that is %s is no event', (status) => {
    expect(eventsOf(step({ status }), step({ status: 'fallout' }))).toEqual([]);
  });

  it('that is written again as it was is no event', () => {
    expect(eventsOf(step(), step())).toEqual([]);
  });
});

it('other records are no events', () => {
  expect(eventsOf({ pk: `ORDER#${ORDER}`, sk: 'DOCUMENT', document: '{}' })).toEqual([]);
  expect(eventsOf({ pk: 'IDEMPOTENCY#1', sk: 'KEY' })).toEqual([]);
});

describe('publishing', () => {
  const bridge = mockClient(EventBridgeClient);
  afterAll(() => bridge.restore());
  const put = (event: unknown) => publish(new EventBridgeClient({ region: 'eu-north-1' }), 'the-bus')(event);
  const batches = () =>
    bridge.commandCalls(PutEventsCommand).map(({ args: [{ input }] }) => input.Entries ?? []);
  const accepting = (count: number): PutEventsResultEntry[] =>
    Array.from({ length: count }, (_, index) => ({ EventId: String(index) }));
  const steps = (count: number) =>
    streamEvent(
      ...Array.from({ length: count }, (_, index) => ({
        image: doneStep(`step${index}`, { reaches: 'HW_SCANNED' }),
      })),
    );

  beforeEach(() => {
    bridge.reset();
    bridge.on(PutEventsCommand).callsFake(({ Entries }: { Entries: unknown[] }) => ({
      Entries: accepting(Entries.length),
    }));
  });

  it('puts events on the bus in their order, ten at a time', async () => {
    expect(await put(steps(23))).toEqual({ batchItemFailures: [] });
    expect(batches().map(({ length }) => length)).toEqual([10, 10, 3]);
    expect(batches().flatMap((batch) => batch.map(({ Detail = '{}' }) => JSON.parse(Detail).step))).toEqual(
      Array.from({ length: 23 }, (_, index) => `step${index}`),
    );
  });

  it('says what happened, when, and to which order', async () => {
    await put(streamEvent({ image: doneStep('ship', { task: 'logistics.ship', tells: 'HW_SHIPPED' }) }));
    const [entry] = batches()[0] ?? [];
    expect(entry).toMatchObject({
      EventBusName: 'the-bus',
      Source: 'milepost',
      DetailType: 'StepCompleted',
      Time: new Date('2026-03-02T07:00:00.000Z'),
    });
    expect(
      domainEventSchema.parse({ type: entry?.DetailType, detail: JSON.parse(entry?.Detail ?? '') }),
    ).toMatchObject({ detail: { id: 'e1', step: 'ship' } });
  });

  it('asks for nothing when nothing happened', async () => {
    expect(
      await put(streamEvent({ image: suborder('04'), before: suborder('04') }, { before: doneStep('a') })),
    ).toEqual({
      batchItemFailures: [],
    });
    expect(batches()).toEqual([]);
  });

  it('has an entry that the bus refused come again, with those behind it, and puts no more meanwhile', async () => {
    bridge.on(PutEventsCommand).resolves({
      FailedEntryCount: 1,
      Entries: [...accepting(4), { ErrorCode: 'ThrottlingException' }, ...accepting(5)],
    });
    expect(await put(steps(23))).toEqual({ batchItemFailures: [{ itemIdentifier: '5' }] });
    expect(batches()).toHaveLength(1);
  });

  it('names the change of the refused entry, although others before it were no events', async () => {
    bridge.on(PutEventsCommand).resolves({ Entries: [{}, { ErrorCode: 'InternalFailure' }] });
    const silent = { image: suborder('04'), before: suborder('04') };
    const event = streamEvent(silent, { image: doneStep('a', { reaches: 'QUALIFIED' }) }, silent, {
      image: doneStep('b', { reaches: 'ACCESS_READY' }),
    });
    expect(await put(event)).toEqual({ batchItemFailures: [{ itemIdentifier: '4' }] });
  });

  it('fails as a whole when the bus does not answer', async () => {
    bridge.on(PutEventsCommand).rejects(new Error('503'));
    await expect(put(steps(1))).rejects.toThrow('503');
  });

  it('tells nothing personal: facts, outputs and who did it stay behind', async () => {
    const personal = { name: 'Jane Doe', phone: '+4520304050' };
    await put(
      streamEvent(
        { image: header({ externalId: 'Jane Doe' }) },
        {
          image: suborder('04', { state: 'held', facts: personal }),
          before: suborder('04', { facts: personal }),
        },
        { image: doneStep('pick', { outputs: personal, by: 'Jane Doe', reaches: 'HW_SCANNED' }) },
        { image: doneStep('a', { outputs: personal, status: 'fallout', by: 'Jane Doe' }) },
      ),
    );
    const written = JSON.stringify(batches());
    expect(batches().flat()).toHaveLength(4);
    expect(written).not.toContain('Jane');
    expect(written).not.toContain('+45');
  });
});

describe('correspondence', () => {
  const world = new World();
  const message = { order: ORDER, suborder: '04', step: 'ship', run: 1, tells: 'HW_SHIPPED' } as const;

  it('has the notification system write to the customer, whom it knows by id', async () => {
    world.answer = () => ({ messageId: 'M-1' });
    expect(await send(world.deps)(message)).toEqual({ messageId: 'M-1' });
    expect(world.calls).toEqual([
      {
        system: 'notify',
        operation: 'message.send',
        idempotencyKey: `${ORDER}-04-ship-1-HW_SHIPPED`,
        correlationId: ORDER,
        step: '04.ship.HW_SHIPPED',
        body: {
          template: 'HW_SHIPPED',
          channels: ['sms', 'email'],
          recipient: 'C-77',
          params: { order: ORDER, suborder: '04', step: 'ship' },
        },
      },
    ]);
    expect(JSON.stringify(world.calls)).not.toContain('Jane');
  });

  it('is one message however often it is asked for, and another for another template or run of the step', async () => {
    world.calls.length = 0;
    await send(world.deps)(message);
    await send(world.deps)(message);
    await send(world.deps)({ ...message, tells: 'ACTION_REQUIRED' });
    await send(world.deps)({ ...message, run: 2 });
    expect(new Set(world.calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(3);
  });

  it('tells the date that is expected now, and none that comes late and was overtaken', async () => {
    world.calls.length = 0;
    const [before, now] = ['2026-03-05T08:00:00.000Z', '2026-03-10T08:00:00.000Z'];
    world.db.seed('orders', header({ toldDate: now }));
    const delayed = { order: ORDER, suborder: '00', step: 'order', run: 1, tells: 'ORDER_DELAYED' } as const;
    expect(await send(world.deps)({ ...delayed, date: before })).toEqual({ overtaken: true });
    await send(world.deps)({ ...delayed, date: now });
    expect(world.calls.map(({ step }) => step)).toEqual([`00.order.ORDER_DELAYED-${now}`]);
  });
});

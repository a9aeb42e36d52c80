import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CloudEvent } from '#shared/inbox/cloud-event.ts';
import { correlationItem, correlationKeyOf } from '#shared/inbox/correlation.ts';
import { applyPendingEvents } from '#shared/inbox/matching.ts';
import { type Reception, receiveEvent } from '#shared/inbox/receive.ts';
import { answerWait } from '#shared/steps/completion.ts';
import { writeTogether } from '#shared/steps/transaction.ts';
import { parkWait } from '#shared/steps/waits.ts';
import { eventSortKey, readEvent } from '#shared/store/inbox.ts';
import { type DeskFixture, START, startDesk } from '#test/work-items/desk-fixture.ts';

let desk: DeskFixture;
let order: string;
let count = 0;

beforeAll(async () => {
  desk = await startDesk();
});

afterAll(() => desk.stop());

/** Every test has an order, and so a parcel, of its own. */
const newOrder = async () => {
  count += 1;
  order = `ORDER${String(count).padStart(5, '0')}`;
  desk.setTime(START);
  await desk.putSuborder({ order });
};
beforeEach(newOrder);

const tracking = () => `TR-${order}`;

const event = (change: Partial<CloudEvent> = {}): CloudEvent => ({
  specversion: '1.0',
  id: 'e-1',
  source: '/carriers/post',
  type: 'milepost.delivery.delivered',
  subject: tracking(),
  time: '2026-03-04T10:00:00.000Z',
  data: { deliveredAt: '2026-03-04' },
  ...change,
});
const lost = (change: Partial<CloudEvent> = {}) =>
  event({ id: 'l-1', type: 'milepost.delivery.lost', data: { note: 'van broke down' }, ...change });

const receive = (what: CloudEvent): Promise<Reception> => receiveEvent(desk.deps, what);

/** What the function that parks tokens does. */
async function park(token = 'token', enteredAt = START, parcel = tracking()): Promise<void> {
  const correlationKey = correlationKeyOf('delivery', parcel);
  const dueAt = '2026-03-16T08:00:00.000Z';
  await parkWait(desk.deps, {
    order,
    suborder: '04',
    step: 'deliver',
    task: 'delivery.await',
    kind: 'event',
    reason: 'Carrier delivers',
    token,
    attempt: `${enteredAt}#000000`,
    dueAt,
    correlationKey,
    reaches: 'HW_DELIVERED',
    extra: [correlationItem(correlationKey, order, '04', 'deliver', dueAt)],
  });
  await applyPendingEvents(desk.deps, correlationKey);
}

const outcome = async () => (await desk.wait(order, '04', 'deliver', 'event'))?.outcome;
const step = () => desk.record(order, '04', 'deliver');
const statusOf = async ({ id, source }: CloudEvent) =>
  (await readEvent(desk.deps, { correlationKey: `delivery#${tracking()}`, sk: eventSortKey(source, id) }))
    ?.status;

describe('an event that is waited for', () => {
  it('completes the step', async () => {
    await park();
    expect(await receive(event())).toBe('applied');
    expect(await step()).toMatchObject({
      status: 'done',
      task: 'delivery.await',
      outputs: { deliveredAt: '2026-03-04' },
      by: '/carriers/post#e-1',
      reaches: 'HW_DELIVERED',
    });
    expect(await desk.suborder(order, '04')).toMatchObject({ milestones: { HW_DELIVERED: START }, done: 3 });
    expect(await outcome()).toEqual({ result: {} });
  });

  it('that says no goes to repair, the step undone', async () => {
    await park();
    expect(await receive(lost())).toBe('applied');
    expect(await outcome()).toEqual({ error: 'LOST', cause: 'van broke down' });
    expect(await step()).toMatchObject({ status: 'waiting' });
    expect(await desk.suborder(order, '04')).toMatchObject({ done: 2, milestones: {} });
  });

  it('may come without a time or a note', async () => {
    await park();
    const { time: _time, data: _data, ...bare } = lost();
    expect(await receive(bare)).toBe('applied');
    expect(await outcome()).toEqual({ error: 'LOST', cause: '' });
  });
});

describe('an event of a step that is done again since', () => {
  it('is late when it is about what was there before', async () => {
    await park();
    await park('newer', '2026-03-04T08:00:00.000Z', `${tracking()}-2`);
    expect(await receive(event())).toBe('late');
    expect(await outcome()).toBeUndefined();
    expect(await receive(event({ id: 'e-2', subject: `${tracking()}-2` }))).toBe('applied');
  });

  it('is kept while the order is changed, whatever it says, for what waits then', async () => {
    await park();
    await desk.putSuborder({ order, ends: 'amended' });
    await writeTogether(desk.deps, [
      answerWait(order, '04#deliver#event', { error: 'SuborderEnding', cause: '' }),
    ]);
    expect(await receive(lost())).toBe('kept');
    await desk.putSuborder({ order });
    await park('newer', '2026-03-04T08:00:00.000Z');
    expect(await statusOf(lost())).toBe('applied');
    expect(await outcome()).toMatchObject({ error: 'LOST' });
  });
});

describe('an early event', () => {
  it('is kept until its wait is parked', async () => {
    expect(await receive(event())).toBe('kept');
    expect(await statusOf(event())).toBe('pending');
    await park();
    expect(await statusOf(event())).toBe('applied');
    expect(await outcome()).toEqual({ result: {} });
  });

  it('waits in line: the one that happened first is applied first', async () => {
    const first = lost({ time: '2026-03-04T09:00:00.000Z' });
    expect(await receive(event())).toBe('kept');
    expect(await receive(first)).toBe('kept');
    await park();
    expect(await outcome()).toMatchObject({ error: 'LOST' });
    expect(await statusOf(event())).toBe('pending');
    await park('retry', '2026-03-05T08:00:00.000Z');
    expect(await outcome()).toEqual({ result: {} });
    expect(await statusOf(event())).toBe('applied');
  });
});

describe('a double event', () => {
  it('is applied once', async () => {
    await park();
    expect(await receive(event())).toBe('applied');
    expect(await receive(event())).toBe('duplicate');
    const { time: _time, ...undated } = event();
    expect(await receive(undated)).toBe('duplicate');
    expect(await desk.suborder(order, '04')).toMatchObject({ done: 3 });
  });

  it('that comes many times at once is applied once', async () => {
    await park();
    const receptions = await Promise.all(Array.from({ length: 6 }, () => receive(event())));
    expect(receptions.filter((reception) => reception !== 'duplicate')).toEqual(['applied']);
    expect(await desk.suborder(order, '04')).toMatchObject({ done: 3 });
  });

  it('finishes what its first delivery could not', async () => {
    await receive(event());
    await parkWithoutLooking();
    expect(await outcome()).toBeUndefined();
    expect(await receive(event())).toBe('duplicate');
    expect(await outcome()).toEqual({ result: {} });
  });

  async function parkWithoutLooking() {
    const key = correlationKeyOf('delivery', tracking());
    await parkWait(desk.deps, {
      order,
      suborder: '04',
      step: 'deliver',
      task: 'delivery.await',
      kind: 'event',
      reason: 'Carrier delivers',
      token: 'token',
      attempt: `${START}#000000`,
      dueAt: START,
      extra: [correlationItem(key, order, '04', 'deliver', START)],
    });
  }
});

describe('a late event', () => {
  it('changes nothing', async () => {
    await park();
    await receive(event());
    expect(await receive(event({ id: 'e-2' }))).toBe('late');
    expect(await receive(lost())).toBe('late');
    expect(await outcome()).toEqual({ result: {} });
    expect(await desk.suborder(order, '04')).toMatchObject({ done: 3 });
  });

  it('that says no to a step in repair is late too', async () => {
    await park();
    await receive(lost());
    expect(await receive(lost({ id: 'l-2' }))).toBe('late');
  });

  it('that completes a step in repair is kept, and found when the step is tried again', async () => {
    await park();
    await writeTogether(desk.deps, [
      answerWait(order, '04#deliver#event', { error: 'States.Timeout', cause: '' }),
    ]);
    expect(await receive(event())).toBe('kept');
    await park('retry', '2026-03-20T08:00:00.000Z');
    expect(await outcome()).toEqual({ result: {} });
    expect(await statusOf(event())).toBe('applied');
  });
});

describe('a wrong event', () => {
  it('names the types that are known', async () => {
    await expect(receive(event({ type: 'milepost.delivery.eaten' }))).rejects.toMatchObject({
      code: 'InvalidBody',
      problems: [{ pointer: '/type', message: expect.stringMatching(/known are .*milepost\.visit\.done/) }],
    });
  });

  it('names what is wrong with its data, and is not kept', async () => {
    const problems = (pointer: string) => ({ problems: [expect.objectContaining({ pointer })] });
    await expect(receive(event({ data: {} }))).rejects.toMatchObject(problems('/data/deliveredAt'));
    await expect(receive(event({ data: 'yes' }))).rejects.toMatchObject(problems('/data'));
    await expect(receive(lost({ data: { note: 7 } }))).rejects.toMatchObject(problems('/data/note'));
    expect(await statusOf(event())).toBeUndefined();
  });
});

it('whatever the order in which wait and events come, the step is completed once and no event is forgotten', async () => {
  const action = fc.constantFrom('park', 'delivered', 'delivered again', 'second delivery');
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(['park', 'delivered', 'delivered again', 'second delivery'], { minLength: 1 }),
      fc.array(action, { maxLength: 3 }),
      async (some, more) => {
        await newOrder();
        const actions = [...some, ...more];
        await Promise.all(
          actions.map((name) =>
            name === 'park' ? park() : receive(event({ id: name === 'second delivery' ? 'e-2' : 'e-1' })),
          ),
        );
        const parked = actions.includes('park');
        const events = ['e-1', 'e-2'].filter((id) =>
          actions.some((name) => (id === 'e-2' ? name === 'second delivery' : name.startsWith('delivered'))),
        );
        const statuses = await Promise.all(events.map((id) => statusOf(event({ id }))));
        if (!parked) expect(statuses).toEqual(events.map(() => 'pending'));
        else if (events.length > 0) {
          expect([...statuses].sort()).toEqual(['applied', 'late'].slice(0, events.length));
          expect(await outcome()).toEqual({ result: {} });
          expect(await desk.suborder(order, '04')).toMatchObject({ done: 3 });
        } else expect(await outcome()).toBeUndefined();
      },
    ),
    { numRuns: 40 },
  );
});

import { beforeEach, describe, expect, it } from 'vitest';
import type { IsoDuration } from '#shared/domain/duration.ts';
import { Stage } from '#test/support/stage.ts';

const PLACE = [{ id: 'addr-dk-4711', role: 'installationAddress', '@referredType': 'GeographicAddress' }];
const LINE = {
  relatedParty: [{ id: 'customer-1', role: 'customer', '@referredType': 'Individual' }],
  place: PLACE,
  productOrderItem: [{ id: '1', action: 'add', productOffering: { id: 'fibre-1000' } }],
};
/** How long a mapping tries a record at most, with what it takes to read it. */
const UNTIL_GIVEN_UP = 'PT2H';
/** How long a message that was received is hidden from the next run. */
const NEXT_RUN = 'PT5M';

let stage: Stage;

beforeEach(async () => {
  stage = await Stage.open();
});

/** Nothing that goes through this resource succeeds while something is done and time passes. */
async function without(resource: string, doing: () => Promise<unknown>, during: IsoDuration): Promise<void> {
  const { cloud } = stage.platform;
  await cloud.faults({ rules: [{ kind: 'throttle', probability: 1, resource }] });
  try {
    await doing();
    await stage.advance(during);
  } finally {
    await cloud.faults({ rules: [] });
  }
}

async function redeliver(): Promise<void> {
  await stage.platform.cloud.fire('undelivered');
  await stage.settle();
}

const amend = (order: string) => stage.patch(order, { description: 'Ring at the back door' });
const told = (order: string) =>
  stage.messages(order).filter((message) => message.includes('ORDER_AMENDED')).length;
const notices = async (order: string) =>
  (await stage.desk('SUPERVISOR', order)).map(({ title, suborder, step }) => `${suborder} ${step}: ${title}`);

describe('what was given up', () => {
  it('as an event that its target did not take for a day is put on the bus again', async () => {
    const order = await stage.submit(LINE);
    await without('states:StartExecution', () => amend(order), 'P1D');
    expect(told(order)).toBe(0);
    await redeliver();
    expect(told(order)).toBe(1);
    expect(await notices(order)).toEqual([]);
  });

  it('as a change by who publishes it is published, once', async () => {
    const order = await stage.submit(LINE);
    await without('milepost-events_publish', () => amend(order), UNTIL_GIVEN_UP);
    await stage.advance('PT20M');
    expect(told(order)).toBe(0);
    await redeliver();
    await redeliver();
    expect(told(order)).toBe(1);
    expect(await notices(order)).toEqual([]);
  });

  it('as an order by intake is started, and as a completed step by who answers tokens lets the flow go on', async () => {
    let order = '';
    const submit = async () => {
      order = await stage.submit(LINE);
    };
    await without('milepost-intake_enqueue', submit, UNTIL_GIVEN_UP);
    expect(stage.effects(order, 'asset.lock')).toEqual([]);
    await redeliver();
    expect(stage.effects(order, 'asset.lock')).toHaveLength(1);

    await without('milepost-waits_resume', () => stage.pick(order, '01'), UNTIL_GIVEN_UP);
    await stage.advance('PT20M');
    expect(stage.steps(order, 'appointment.book')).toEqual([]);
    await redeliver();
    expect(stage.steps(order, 'appointment.book')).toEqual(['01.book']);
    expect(await notices(order)).toEqual([]);
  });

  it('as a step by who watches the time has the end of the order projected anew', async () => {
    const order = await stage.submit(LINE);
    const end = async () => (await stage.order(order)).expectedCompletionDate;
    const projected = await end();
    await without('milepost-timing_assess', () => stage.pick(order, '01'), UNTIL_GIVEN_UP);
    expect(await end()).toBe(projected);
    await redeliver();
    expect(await end()).not.toBe(projected);
  });

  it('is told to a supervisor when it fails three times more, and is handled when that is over', async () => {
    const order = await stage.submit(LINE);
    const run = async () => {
      await redeliver();
      await stage.advance(NEXT_RUN);
    };
    const inVain = async () => {
      await amend(order);
      await stage.advance(UNTIL_GIVEN_UP);
      for (const expected of [
        [],
        [],
        ['00 order: What follows from a change of the order has not been done'],
      ]) {
        await run();
        expect(await notices(order)).toEqual(expected);
      }
    };
    await without('milepost-events_publish', inVain, 'PT1M');
    const logs = await stage.platform.cloud.logs('undelivered');
    expect(JSON.stringify(logs.slice(-10))).toMatch(/NotDelivered\W+[1-9]/);
    await run();
    expect(told(order)).toBe(1);
  });

  it('has used every permission that its function has', async () => {
    const grants = await stage.platform.cloud.permissions();
    const own = grants.filter(({ holder }) => /undeliveredredeliver/.test(holder));
    expect(own).not.toEqual([]);
    expect(
      own
        .filter(({ used, action }) => !used && !/^(logs|xray):/.test(action))
        .map(({ action, resource }) => `${action} on ${resource}`),
    ).toEqual([]);
  });
});

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { workingDaysEarlier } from '#shared/domain/calendar.ts';
import { openGate } from '#shared/steps/completion.ts';
import { writeTogether } from '#shared/steps/transaction.ts';
import { TABLES } from '#shared/store/tables.ts';
import { Stage } from '#test/support/stage.ts';

const DAY = 24 * 3600 * 1000;
const WITHDRAWAL = 14 * DAY;

const consumer = { relatedParty: [{ id: 'customer-1', role: 'customer', '@referredType': 'Individual' }] };
const mobile = { id: '1', action: 'add', productOffering: { id: 'mobile-postpaid-20gb' } };
const distanceSale = {
  ...consumer,
  category: 'residential',
  channel: [{ id: 'portal', role: 'distanceSale' }],
  productOrderItem: [mobile],
};

let stage: Stage;
beforeAll(() => Stage.renew());

beforeEach(async () => {
  stage = await Stage.open();
});

describe('a distance sale without consent to an early start', () => {
  it('waits out the withdrawal period, and goes on when it is over', async () => {
    const order = await stage.submit(distanceSale);
    const { orderDate } = await stage.order(order);
    const ends = Date.parse(orderDate) + WITHDRAWAL;
    expect(stage.effects(order, 'mobile.provision')).toEqual([]);
    expect(await stage.timers(order)).toHaveLength(1);

    await stage.platform.advanceTo(ends - 60_000);
    expect((await stage.order(order)).state).toBe('inProgress');
    expect(stage.effects(order, 'mobile.provision')).toEqual([]);

    await stage.platform.advanceTo(ends + 60_000);
    const completed = await stage.order(order);
    expect(completed.state).toBe('completed');
    expect(Date.parse(completed.completionDate ?? '')).toBeGreaterThanOrEqual(ends);
    expect(stage.effects(order, 'mobile.provision')).toHaveLength(1);
    expect(await stage.timers(order)).toEqual([]);
  });

  it('does not wait with the consent, nor when it is no distance sale', async () => {
    const consented = await stage.submit({
      ...distanceSale,
      agreement: [{ id: 'early-start', '@referredType': 'Consent' }],
    });
    expect((await stage.order(consented)).state).toBe('completed');
    const inShop = await stage.submit({ ...distanceSale, channel: [{ id: 'shop', role: 'shop' }] });
    expect((await stage.order(inShop)).state).toBe('completed');
  });
});

describe('a gate that opens some working days before a date', () => {
  const BOX = '04';
  const wait = `${BOX}#pick#gate`;
  let documents: DynamoDBDocumentClient;

  beforeAll(async () => {
    const { cloud } = (await Stage.open()).platform;
    documents = DynamoDBDocumentClient.from(new DynamoDBClient(cloud.clientConfig));
    const { resources } = await cloud.resources();
    const table = resources.find(({ type, name }) => /DynamoDB/.test(type) && /waits/i.test(name));
    vi.stubEnv(TABLES.waits.environment, table?.name);
  });

  it('holds the pick until then', async () => {
    // The line has no date yet: the gate of the box stays closed.
    stage.script({ operation: 'resource.assign' }, { kind: 'fail', status: 503, times: 'always' });
    const order = await stage.submit();
    expect(await stage.desk('LOGISTICS_PICK', order)).toEqual([]);

    const now = await stage.platform.cloud.now();
    const opens = workingDaysEarlier(new Date(now + 60 * DAY), 3).toISOString();
    await writeTogether({ documents }, [openGate(order, wait, '01:D07', { notBefore: opens })]);
    await stage.settle();
    expect(await stage.timers(order)).toHaveLength(1);
    expect(await stage.desk('LOGISTICS_PICK', order)).toEqual([]);

    await stage.platform.advanceTo(Date.parse(opens) - 1000);
    expect(await stage.desk('LOGISTICS_PICK', order)).toEqual([]);
    await stage.platform.advanceTo(Date.parse(opens) + 60_000);
    expect(await stage.desk('LOGISTICS_PICK', order)).toMatchObject([{ suborder: BOX }]);
    const { Item } = await documents.send(
      new GetCommand({ TableName: process.env[TABLES.waits.environment], Key: { order, wait } }),
    );
    expect(Item).toMatchObject({ status: 'resumed' });
    expect(Item).not.toHaveProperty('token');
  });
});

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { DeleteCommand, DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TableId } from '#shared/store/tables.ts';
import { FLOWS } from '#state-machines/catalogue.ts';
import { Stage } from '#test/support/stage.ts';

const PLACE = [{ id: 'addr-dk-4711', role: 'installationAddress', '@referredType': 'GeographicAddress' }];
const customer = { id: 'customer-1', role: 'customer', '@referredType': 'Individual' };
const LINE = {
  relatedParty: [customer],
  place: PLACE,
  productOrderItem: [{ id: '1', action: 'add', productOffering: { id: 'fibre-1000' } }],
};
const MOBILE = {
  relatedParty: [customer],
  productOrderItem: [{ id: '1', action: 'add', productOffering: { id: 'mobile-postpaid-20gb' } }],
};

let stage: Stage;
let documents: DynamoDBDocumentClient;
let states: SFNClient;
let tables: ReadonlyMap<TableId, string>;

beforeAll(async () => {
  const { cloud } = (await Stage.open()).platform;
  documents = DynamoDBDocumentClient.from(new DynamoDBClient(cloud.clientConfig));
  states = new SFNClient(cloud.clientConfig);
  const { resources } = await cloud.resources();
  const named = (part: RegExp) =>
    resources.find(({ type, name }) => /DynamoDB/.test(type) && part.test(name))?.name ?? '';
  tables = new Map<TableId, string>([
    ['orders', named(/Data-Orders/i)],
    ['suborders', named(/Suborders/i)],
    ['waits', named(/Waits/i)],
    ['workItems', named(/WorkItems/i)],
  ]);
});

beforeEach(async () => {
  stage = await Stage.open();
});

/** Lets what happened become old, and the sweeper come round to everything. */
async function sweepAll(): Promise<void> {
  await stage.advance('PT20M');
  for (let run = 0; run < 12; run += 1) {
    await stage.platform.cloud.fire('sweeper');
    await stage.settle();
  }
}

const remove = (table: TableId, Key: Record<string, unknown>) =>
  documents.send(new DeleteCommand({ TableName: tables.get(table), Key }));
const set = (table: TableId, Key: Record<string, unknown>, name: string, value: unknown) =>
  documents.send(
    new UpdateCommand({
      TableName: tables.get(table),
      Key,
      UpdateExpression: 'SET #name = :value',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: { ':value': value },
    }),
  );
const arnOf = (flow: string, name: string) =>
  `arn:aws:states:eu-central-1:000000000000:execution:milepost-flow_${flow.replaceAll('.', '_')}:${name}`;
const statusOf = async (flow: string, name: string) =>
  (await states.send(new DescribeExecutionCommand({ executionArn: arnOf(flow, name) }))).status;
const notices = async (order: string) =>
  (await stage.desk('SUPERVISOR', order)).map(({ title, suborder, step }) => `${suborder} ${step}: ${title}`);

const FIBRE = 'fibre.create.existing-drop';

describe('the sweeper', () => {
  it('says nothing about orders with which all is well', async () => {
    const order = await stage.submit(LINE);
    await sweepAll();
    expect(await notices(order)).toEqual([]);
    expect((await stage.order(order)).state).toBe('inProgress');
  });

  it('starts an order that intake has lost', async () => {
    const order = 'ABCDEFGHJK';
    const orderDate = new Date(await stage.platform.cloud.now()).toISOString();
    const header = { pk: `ORDER#${order}`, sk: 'HEADER', order, state: 'acknowledged', orderDate };
    const listed = { list: 'orders', listKey: `${orderDate}#${order}`, version: 1 };
    await documents.send(new PutCommand({ TableName: tables.get('orders'), Item: { ...header, ...listed } }));
    await stage.advance('PT1H');
    const document = JSON.stringify({ ...LINE, orderDate });
    await documents.send(
      new PutCommand({
        TableName: tables.get('orders'),
        Item: { pk: header.pk, sk: 'DOCUMENT', order, document },
      }),
    );
    await stage.settle();
    expect(stage.effects(order)).toEqual([]);
    await sweepAll();
    expect(stage.effects(order, 'asset.lock')).toHaveLength(1);
  });

  it('has an execution that was stopped go on', async () => {
    const order = await stage.submit(LINE);
    const { id } = await stage.workItem('LOGISTICS_PICK', order, '01');
    await states.send(new StopExecutionCommand({ executionArn: arnOf(FIBRE, `${order}-01`) }));
    expect(await statusOf(FIBRE, `${order}-01`)).toBe('ABORTED');
    await sweepAll();
    expect(await statusOf(FIBRE, `${order}-01`)).toBe('RUNNING');
    expect((await stage.workItem('LOGISTICS_PICK', order, '01')).id).toBe(id);
    await stage.pick(order, '01');
    expect(await stage.milestones(order, '1')).toContain('HW_SCANNED');
  });

  it('starts a suborder that was forgotten, and one whose timer was lost', async () => {
    const wanted = (await stage.platform.cloud.now()) + 3 * 24 * 3_600_000;
    const later = { ...MOBILE, requestedStartDate: new Date(wanted).toISOString() };
    const [forgotten, late] = [await stage.submit(later), await stage.submit(later)];
    await remove('waits', { order: forgotten, wait: '01#start#start' });
    await sweepAll();
    expect(stage.effects(forgotten, 'mobile.provision')).toHaveLength(1);
    expect(stage.effects(late, 'mobile.provision')).toEqual([]);

    await stage.dropTimers(late);
    await stage.platform.advanceTo(wanted + 60_000);
    expect(stage.effects(late, 'mobile.provision')).toEqual([]);
    await sweepAll();
    expect(stage.effects(late, 'mobile.provision')).toHaveLength(1);
  });

  it('lets a flow go on that waits for a step which is done', async () => {
    const order = await stage.submit(LINE);
    const key = { order, sk: 'STEP#01#pick' };
    await set('suborders', key, 'outputs', { serialNumber: 'MPXG00000042' });
    await set('suborders', key, 'status', 'done');
    await sweepAll();
    expect(stage.steps(order, 'appointment.book')).toEqual(['01.book']);
  });

  it('fails a step of whose token nobody knows, so that a person brings it back', async () => {
    const order = await stage.submit(LINE);
    await remove('waits', { order, wait: '01#pick#manual' });
    await sweepAll();
    expect(await notices(order)).toEqual([]);
    const fallout = await stage.workItem('LOGISTICS_PICK', order, '01');
    expect(await stage.api.workItem(fallout.id)).toMatchObject({
      kind: 'fallout',
      failure: { step: 'pick', error: 'TokenLost' },
    });
    await stage.act(fallout.id, 'resolve', { action: 'RETRY', reason: 'Once more' });
    await stage.pick(order, '01');
    expect(stage.steps(order, 'appointment.book')).toEqual(['01.book']);
  });

  it('reports steps that nobody can complete, once a day', async () => {
    const [noWait, noWork] = [await stage.submit(LINE), await stage.submit(LINE)];
    await set('suborders', { order: noWait, sk: 'STEP#01#assign' }, 'status', 'waiting');
    const { id } = await stage.workItem('LOGISTICS_PICK', noWork, '01');
    await remove('workItems', { workItem: id });
    const late = await stage.submit(LINE);
    const before = new Date(await stage.platform.cloud.now()).toISOString();
    await set('waits', { order: late, wait: '01#pick#manual' }, 'dueAt', before);
    await sweepAll();
    await sweepAll();
    expect(await notices(noWait)).toEqual(['01 assign: The step waits, and no flow waits for it']);
    expect(await notices(noWork)).toEqual([
      '01 pick: The flow waits for a step that is done, or that nobody has',
    ]);
    expect(await notices(late)).toEqual(['01 pick: A wait is past its time limit']);
  });

  it('brings the state of an order up to that of its items', async () => {
    const order = await stage.submit(LINE);
    await set('orders', { pk: `ORDER#${order}`, sk: 'HEADER' }, 'state', 'held');
    await sweepAll();
    const answer = await stage.api.request({
      role: 'channel',
      path: `/tmf-api/productOrderingManagement/v4/productOrder?state=held&id=${order}`,
    });
    expect(answer.body).toEqual([]);
  });

  it('reports an execution that has no order', async () => {
    const order = 'ZZZZZZZZZZ';
    const flow = 'mobile-postpaid.create.esim';
    await states.send(
      new StartExecutionCommand({
        stateMachineArn: arnOf(flow, '').replace(':execution:', ':stateMachine:').slice(0, -1),
        name: `${order}-01`,
        input: JSON.stringify({ order, suborder: '01', flags: {} }),
      }),
    );
    await stage.advance('PT20M');
    await documents.send(
      new PutCommand({
        TableName: tables.get('orders'),
        Item: { pk: 'SWEEPER', sk: 'PLACE', flowIndex: FLOWS.findIndex(({ id }) => id === flow) },
      }),
    );
    await sweepAll();
    expect(await notices(order)).toEqual([
      '01 order: An execution runs for work that has ended, or never was',
    ]);
  });

  it('knows that nobody waits for work any more whose time is over: it is in repair', async () => {
    const order = await stage.submit(LINE);
    await stage.advance('P1D');
    expect(await stage.workItem('LOGISTICS_PICK', order, '01')).toMatchObject({ kind: 'fallout' });
    await sweepAll();
    expect(await notices(order)).toEqual([]);
  });

  it('counts events that nobody has waited for in a day', async () => {
    const now = new Date(await stage.platform.cloud.now()).toISOString();
    const event = {
      id: 'nobody',
      source: '/carrier',
      type: 'milepost.delivery.delivered',
      subject: 'NOBODY',
    };
    expect(await stage.api.send({ ...event, time: now, data: { deliveredAt: now } })).toBe('kept');
    await stage.advance('P1D');
    await sweepAll();
    const logs = await stage.platform.cloud.logs('sweeper');
    expect(JSON.stringify(logs.slice(-60))).toMatch(/UnmatchedEvents\W+1\b/);
  });
});

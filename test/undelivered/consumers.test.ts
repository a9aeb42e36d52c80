import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { publish } from '#functions/events/publish.ts';
import { enqueue } from '#functions/intake/enqueue.ts';
import { assess } from '#functions/timing/assess.ts';
import { resume } from '#functions/waits/resume.ts';
import { FUNCTIONS, type Trigger } from '#infra/functions.ts';
import { compileFilter } from '#local/events/event-bus.ts';
import { CANCELLATION } from '#shared/store/records.ts';
import type { TableId } from '#shared/store/tables.ts';
import { streamEvent } from '../steps/lambda.ts';
import { doneStep, header, ORDER, plannedWait, suborder, World } from '../steps/support.ts';

const sqs = mockClient(SQSClient);
const stepFunctions = mockClient(SFNClient);
const eventBridge = mockClient(EventBridgeClient);
const wakeAt = vi.fn(async () => {});
let world: World;

beforeEach(() => {
  world = new World();
  for (const client of [sqs, stepFunctions, eventBridge]) client.reset();
  eventBridge.on(PutEventsCommand).resolves({});
  wakeAt.mockClear();
});

/** Every function that a stream feeds: records that it gave up are handed to it past its filters, late and out of order. */
const CONSUMERS: Readonly<Record<string, (event: unknown) => Promise<unknown>>> = {
  'intake/enqueue': enqueue(new SQSClient(), { intake: 'intake', cancellations: 'cancellations' }),
  'waits/resume': (event) => resume({ ...world.deps, stepFunctions: new SFNClient(), wakeAt })(event),
  'timing/assess': (event) => assess({ ...world.deps, wakeAt })(event),
  'events/publish': publish(new EventBridgeClient(), 'bus'),
};

const fed = FUNCTIONS.flatMap(({ id, triggers }) =>
  triggers.flatMap((trigger) => (trigger.kind === 'stream' ? [{ id, table: trigger.table, trigger }] : [])),
);

it('names all consumers of streams', () => {
  expect([...new Set(fed.map(({ id }) => id))].sort()).toEqual(Object.keys(CONSUMERS).sort());
});

const cancellation = { order: ORDER, sk: `${CANCELLATION}1`, cancellation: `${ORDER}-1` };
const timing = {
  order: ORDER,
  sk: 'TIMING',
  steps: { '04': [{ step: 'reserve', kind: 'system', seconds: 2 }] },
  flows: [],
};
const reserved = doneStep('reserve');

/** All that can happen to the records of a table. */
const changesOf = (...images: readonly Readonly<Record<string, unknown>>[]) =>
  images.flatMap((image) => [{ image }, { image, before: image }, { before: image }]);
const CHANGES: Readonly<Partial<Record<TableId, ReturnType<typeof changesOf>>>> = {
  orders: changesOf(header(), { ...header(), sk: 'DOCUMENT' }, { pk: 'KEY#1', sk: 'KEY' }, cancellation),
  suborders: changesOf({ ...suborder() }, { ...reserved }, timing),
  waits: changesOf({ ...plannedWait('04#pick#gate') }),
};

/** Those changes of a table that its mapping's filters keep from a consumer. */
function keptOut({ table, filters = [] }: Extract<Trigger, { kind: 'stream' }>) {
  const passes = compileFilter(
    filters.map((pattern) => JSON.stringify(pattern)),
    'dynamodb',
  );
  const { Records } = streamEvent(...(CHANGES[table] ?? []));
  return Records.map((record) => {
    const { NewImage, OldImage } = record.dynamodb;
    const { sk } = NewImage ?? OldImage ?? {};
    return { ...record, dynamodb: { ...record.dynamodb, Keys: { ...(sk && { sk }) } } };
  }).filter((record) => !passes(record));
}

describe.each(fed)('$id', ({ id, table, trigger }) => {
  it(`makes nothing of changes of ${table} that its filters keep out`, async () => {
    for (const record of [suborder(), reserved, timing]) world.db.seed('suborders', { ...record });
    // What is projected of the order is there already.
    await CONSUMERS['timing/assess']?.(streamEvent({ image: reserved }));
    const before = structuredClone({ header: world.header(), writes: world.db.stream.length });
    wakeAt.mockClear();
    const Records = keptOut(trigger);
    expect(Records).not.toEqual([]);
    expect(await CONSUMERS[id]?.({ Records, redelivered: true })).toEqual({ batchItemFailures: [] });
    expect({ header: world.header(), writes: world.db.stream.length }).toEqual(before);
    expect(sqs.commandCalls(SendMessageCommand)).toEqual([]);
    expect(eventBridge.commandCalls(PutEventsCommand)).toEqual([]);
    expect([...stepFunctions.calls(), ...wakeAt.mock.calls]).toEqual([]);
  });
});

describe('a change that comes late', () => {
  const outcome = { result: { resumeAt: 'pick' } };
  const late = (image: object) =>
    CONSUMERS['waits/resume']?.({ ...streamEvent({ image: { ...image } }), redelivered: true });
  const repaired = plannedWait('04#pick#repair', { status: 'open', token: 'T1', outcome });

  it('does not end the hold of a step that has failed again since', async () => {
    world.plan(suborder('04', { state: 'held' }));
    world.db.seed('suborders', doneStep('pick', { status: 'fallout' }));
    const { outcome: _decided, ...again } = { ...repaired, token: 'T2' };
    world.db.seed('waits', again);
    expect(await late(repaired)).toEqual({ batchItemFailures: [] });
    expect(world.suborder()).toMatchObject({ state: 'held' });
    expect(world.wait('04#pick#repair')).toEqual(again);
    expect(stepFunctions.calls()).toEqual([]);
  });

  it('answers no token of a wait that is over, or gone', async () => {
    const { token: _answered, ...over } = { ...repaired, status: 'resumed' };
    world.db.seed('waits', over);
    await late(repaired);
    await late({ ...repaired, wait: '04#gone#repair', step: 'gone' });
    expect(stepFunctions.calls()).toEqual([]);
  });

  it('has the flow go on when the wait has all it needs by now', async () => {
    world.plan(suborder('04'));
    const wait = plannedWait('04#pick#gate', { status: 'open', token: 'T1', outcome });
    world.db.seed('waits', { ...wait });
    await late({ ...wait, pending: new Set(['01:HW_SCANNED']) });
    expect(stepFunctions.calls().map(({ args: [{ input }] }) => input)).toEqual([
      { taskToken: 'T1', output: '{"resumeAt":"pick"}' },
    ]);
    expect(world.wait('04#pick#gate')).toMatchObject({ status: 'resumed' });
  });

  it('of a step shows the risk of the order as it is by now', async () => {
    for (const record of [suborder(), reserved, timing]) world.db.seed('suborders', { ...record });
    await CONSUMERS['timing/assess']?.(streamEvent({ image: reserved }));
    const now = structuredClone(world.header());
    expect(now).toHaveProperty('expectedCompletionDate');
    await CONSUMERS['timing/assess']?.({
      ...streamEvent({ image: { ...reserved, status: 'fallout' } }),
      redelivered: true,
    });
    expect(world.header()).toEqual(now);
  });

  it('is published with the id and the time that it had the first time', async () => {
    const event = streamEvent({ image: header({ state: 'held' }), before: header() });
    await CONSUMERS['events/publish']?.(event);
    await CONSUMERS['events/publish']?.({ ...event, redelivered: true });
    const [first, again] = eventBridge.commandCalls(PutEventsCommand).map(({ args: [{ input }] }) => input);
    expect(again).toEqual(first);
    expect(first?.Entries).toHaveLength(1);
  });
});

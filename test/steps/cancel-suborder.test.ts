import { beforeEach, describe, expect, it } from 'vitest';
import { TechnicalError } from '#shared/domain/errors.ts';
import { endCancelled, prepareUndo, undoableOf } from '#shared/steps/cancel-suborder.ts';
import { undoStep } from '#shared/steps/undo-step.ts';
import type { StepRecord, Suborder, WorkItem } from '#shared/store/records.ts';
import { workItemId } from '#shared/store/work-items.ts';
import { cancelDispatch } from '#shared/tasks/field.ts';
import { doneStep, header, NOW, ORDER, plannedWait, suborder, World } from './support.ts';

let world: World;

beforeEach(() => {
  world = new World();
  world.db.seed('orders', header());
});

const done = (...steps: readonly (Partial<StepRecord> & { step: string })[]) => {
  for (const { step, ...more } of steps) world.db.seed('suborders', doneStep(step, more));
};
const minute = (minutes: number) => new Date(Date.parse(NOW) + minutes * 60_000).toISOString();

/** What the flow fixes for a step. */
const fixed = (_flow: string, step: string) => (step === 'a' ? { numberType: 'fixed' } : {});

it('leaves alone what was taken back by a step that is not undone itself', () => {
  const hold = doneStep('hold', { task: 'collection.hold', at: minute(1) });
  const release = doneStep('release', { task: 'collection.release', takesBack: 'hold', at: minute(2) });
  expect(undoableOf([hold, release], (step) => step === 'hold')).toEqual([]);
});

describe('a suborder that is cancelled', () => {
  const prepare = () => prepareUndo(world.deps, ORDER, '04', fixed);

  it('lists its completed steps in the reverse of the order in which they completed', async () => {
    world.plan(suborder('04'));
    done(
      { step: 'a', task: 'number.reserve', at: minute(3) },
      { step: 'b', task: 'asset.lock', at: minute(1) },
      { step: 'c', task: 'logistics.pick-scan', at: minute(4) },
      { step: 'd', task: 'stock.reserve', at: minute(2) },
    );
    expect(await prepare()).toEqual({
      steps: [
        { step: 'c', task: 'logistics.restock', with: {} },
        { step: 'a', task: 'number.release', with: { numberType: 'fixed' } },
        { step: 'd', task: 'stock.release', with: {} },
        { step: 'b', task: 'asset.unlock', with: {} },
      ],
    });
  });

  it('lists no step that has nothing to undo, was not done, or was undone', async () => {
    world.plan(suborder('04'));
    done(
      { step: 'a', task: 'delivery.await' },
      { step: 'b', status: 'skipped' },
      { step: 'c', status: 'undone' },
      { step: 'd', status: 'fallout' },
      { step: 'e', status: 'waiting' },
      { step: 'f', task: 'task.unknown' },
    );
    done({ step: 'other', suborder: '05' });
    expect(await prepare()).toEqual({ steps: [] });
  });

  it('does not list what a later step has taken back', async () => {
    world.plan(suborder('04'));
    done(
      { step: 'a', task: 'number.reserve', at: minute(1) },
      { step: 'lock', task: 'asset.lock', at: minute(2) },
      { step: 'unlock', task: 'asset.unlock', takesBack: 'lock', at: minute(3) },
    );
    expect((await prepare()).steps.map(({ step }) => step)).toEqual(['a']);
  });

  it('lists what a later step has taken back, after that step, when it is itself undone', async () => {
    world.plan(suborder('04'));
    done(
      { step: 'fee', task: 'number.reserve', at: minute(1) },
      { step: 'hold', task: 'collection.hold', at: minute(2) },
      { step: 'release', task: 'collection.release', takesBack: 'hold', at: minute(3) },
    );
    expect((await prepare()).steps.map(({ step }) => step)).toEqual(['release', 'hold', 'fee']);
  });

  it.each(['inProgress', 'pending', 'held'] as const)('starts no step any more: it was %s', async (state) => {
    world.plan(suborder('04', { state }));
    await prepare();
    expect(world.suborder()).toMatchObject({ state: 'pendingCancellation' });
  });

  it.each(['completed', 'cancelled', 'failed'] as const)('stays as it is when it is %s', async (state) => {
    world.plan(suborder('04', { state, endedAt: NOW }));
    expect(await prepare()).toEqual({ steps: [] });
    expect(world.suborder()).toMatchObject({ state });
  });

  it('stops all others when that is the policy, but for what is complete or past its hard point of no return', async () => {
    world.policy('stopAll');
    world.plan(
      suborder('00', { item: undefined }),
      suborder('04'),
      suborder('05'),
      suborder('06', { state: 'completed', endedAt: NOW }),
      suborder('07', { passedHard: 'port' }),
      suborder('08', { state: 'acknowledged', startedAt: undefined }),
    );
    await prepare();
    const states = ['00', '04', '05', '06', '07', '08'].map((number) => world.suborder(number)?.state);
    expect(states).toEqual([
      'inProgress',
      'pendingCancellation',
      'pendingCancellation',
      'completed',
      'inProgress',
      'cancelled',
    ]);
  });

  it('lists the same again when it is asked again, but for what was undone meanwhile', async () => {
    world.plan(suborder('04'));
    done({ step: 'a', at: minute(1) }, { step: 'b', at: minute(2) });
    const first = await prepare();
    expect(await prepare()).toEqual(first);
    done({ step: 'b', at: minute(2), status: 'undone' });
    expect(await prepare()).toEqual({
      steps: [{ step: 'a', task: 'stock.release', with: { numberType: 'fixed' } }],
    });
  });

  it('leaves what it waits for, so that nobody can complete it any more; an answer on its way stays', async () => {
    world.plan(suborder('04'));
    const open = { status: 'open', token: 'T1' } as const;
    world.db.seed('waits', { ...plannedWait('04#pick#manual', open) });
    world.db.seed('waits', { ...plannedWait('04#deliver#event', { ...open, outcome: { result: {} } }) });
    world.db.seed('waits', { ...plannedWait('05#pick#manual', open) });
    const pending = { outcome: { result: {} }, pending: new Set(['01:D07']) };
    world.db.seed('waits', { ...plannedWait('04#pick#gate', { ...open, ...pending }) });
    world.db.seed('waits', { ...plannedWait('04#ship#repair', open) });
    world.db.seed('waits', { ...plannedWait('04#reserve#undo', open) });
    await prepare();
    expect(world.wait('04#pick#gate')).toMatchObject({ outcome: { error: 'SuborderEnding' } });
    expect(world.wait('04#pick#gate')).not.toHaveProperty('pending');
    expect(world.wait('04#ship#repair')).toMatchObject({ outcome: { result: { resumeAt: 'cancel' } } });
    expect(world.wait('04#reserve#undo')).not.toHaveProperty('outcome');
    expect(world.wait('04#pick#manual')).toMatchObject({ ...open, outcome: { error: 'SuborderEnding' } });
    expect(world.wait('04#deliver#event')).toMatchObject({ ...open, outcome: { result: {} } });
    expect(world.wait('05#pick#manual')).toMatchObject(open);
  });
});

describe('a work item of a suborder that is cancelled', () => {
  const id = workItemId({ order: ORDER, suborder: '04', step: 'pick', kind: 'manual', run: 1 });
  const item = (more: Partial<WorkItem> = {}): WorkItem => ({
    workItem: id,
    kind: 'manual',
    desk: 'LOGISTICS_PICK',
    state: 'open',
    order: ORDER,
    suborder: '04',
    step: 'pick',
    task: 'logistics.pick-scan',
    title: 'Pick and scan',
    wait: '04#pick#manual',
    context: {},
    completion: {},
    openedAt: NOW,
    dueAt: NOW,
    deskState: 'LOGISTICS_PICK#open',
    dueKey: `${NOW}#${id}`,
    version: 1,
    ...more,
  });

  beforeEach(() => {
    world.plan(suborder('04'));
    world.db.seed('waits', { ...plannedWait('04#pick#manual', { status: 'open', token: 'T1' }) });
    world.db.seed('workItems', item());
  });

  const closed = () => {
    expect(world.wait('04#pick#manual')).toMatchObject({ outcome: { error: 'SuborderEnding' } });
    const record = world.db.read('workItems', { workItem: id });
    expect(record).toMatchObject({ state: 'closed', result: { note: 'The suborder is cancelled' } });
    expect(record).not.toHaveProperty('deskState');
  };

  it('leaves its desk with a note', async () => {
    await prepareUndo(world.deps, ORDER, '04', fixed);
    closed();
  });

  it('leaves its desk also when somebody claims it at that moment', async () => {
    let transactions = 0;
    world.db.before = async (operation) => {
      if (operation === 'transaction' && ++transactions === 3)
        world.db.seed(
          'workItems',
          item({ state: 'claimed', version: 2, deskState: 'LOGISTICS_PICK#claimed' }),
        );
    };
    await prepareUndo(world.deps, ORDER, '04', fixed);
    closed();
  });

  it('stays done when it was done at that moment, and is undone with the others', async () => {
    let transactions = 0;
    world.db.before = async (operation) => {
      if (operation !== 'transaction' || ++transactions !== 3) return;
      world.db.seed('waits', { ...world.wait('04#pick#manual'), outcome: { result: {} } });
      world.db.seed('workItems', item({ state: 'done', version: 2 }));
      done({ step: 'pick', task: 'logistics.pick-scan' });
    };
    expect(await prepareUndo(world.deps, ORDER, '04', fixed)).toEqual({
      steps: [{ step: 'pick', task: 'logistics.restock', with: {} }],
    });
    expect(world.db.read('workItems', { workItem: id })).toMatchObject({ state: 'done' });
  });
});

describe('a suborder that has ended as cancelled', () => {
  const end = () => endCancelled(world.deps, ORDER, '04');
  const ending = (more: Partial<Suborder>) =>
    world.plan(suborder('04', { state: 'pendingCancellation', ends: 'cancelled', ...more }));
  const gate = (wait: string, ...pending: readonly string[]) =>
    world.db.seed('waits', { ...plannedWait(wait, { pending: new Set(pending) }) });

  it('is cancelled, and lets go on who waits for its end', async () => {
    gate('00#close#gate', '04:SUBORDERS', '05:SUBORDERS');
    ending({ opens: { ENDED: [{ wait: '00#close#gate', entry: '04:SUBORDERS' }] } });
    world.plan(suborder('05'));
    expect(await end()).toEqual({ status: 'cancelled' });
    expect(world.suborder()).toMatchObject({ state: 'cancelled', endedAt: NOW, milestones: { ENDED: NOW } });
    expect(world.wait('00#close#gate')).toMatchObject({ pending: new Set(['05:SUBORDERS']) });
    expect(world.wait('00#close#gate')).not.toHaveProperty('outcome');
  });

  it('has not ended while a step that completed after its undo was prepared is not undone', async () => {
    ending({});
    done({ step: 'late', task: 'stock.reserve', at: minute(9) });
    await expect(end()).rejects.toMatchObject({ name: 'UndoIncomplete' });
    expect(world.suborder()).toMatchObject({ state: 'pendingCancellation' });
  });

  it('fails the gates that wait for a milestone which will never come', async () => {
    gate('05#tv#gate', '04:D06', '02:D05');
    gate('06#voice#gate', '04:D02');
    ending({
      milestones: { HW_SCANNED: NOW },
      opens: {
        STB_PROVISIONED: [{ wait: '05#tv#gate', entry: '04:D06' }],
        HW_SCANNED: [{ wait: '06#voice#gate', entry: '04:D02' }],
      },
    });
    await end();
    expect(world.wait('05#tv#gate')).toMatchObject({
      outcome: { error: 'DependencyCancelled', cause: `Suborder ${ORDER}-04 was cancelled` },
    });
    expect(world.wait('05#tv#gate')).not.toHaveProperty('pending');
    expect(world.wait('06#voice#gate')).not.toHaveProperty('outcome');
  });

  it('leaves a gate alone that another milestone of the same group has opened', async () => {
    gate('05#pick#gate', '01:D07');
    const opening = { wait: '05#pick#gate', entry: '04:D07' };
    ending({
      milestones: { LINE_DATE_CONFIRMED: NOW },
      opens: { LINE_DATE_CONFIRMED: [opening], LINE_BUILT: [opening] },
    });
    await end();
    expect(world.wait('05#pick#gate')).not.toHaveProperty('outcome');
    expect(world.wait('05#pick#gate')).toMatchObject({ pending: new Set(['01:D07']) });
  });

  it('ends a suborder that waited to start', async () => {
    gate('05#start#start', '04:RELIES_ON');
    world.plan(suborder('05', { state: 'acknowledged', startedAt: undefined }));
    ending({ opens: { COMPLETE: [{ wait: '05#start#start', entry: '04:RELIES_ON' }] } });
    await end();
    expect(world.suborder('05')).toMatchObject({ state: 'cancelled', endedAt: NOW });
  });

  it('opens these gates when the order is to go on without it', async () => {
    world.policy('continue');
    gate('05#tv#gate', '04:D06', '02:D05');
    ending({ opens: { STB_PROVISIONED: [{ wait: '05#tv#gate', entry: '04:D06' }] } });
    await end();
    expect(world.wait('05#tv#gate')).toMatchObject({ pending: new Set(['02:D05']) });
    expect(world.wait('05#tv#gate')).not.toHaveProperty('outcome');
  });

  it('has what depends on it cancelled all the same when its end was asked for', async () => {
    world.policy('continue');
    gate('05#tv#gate', '04:D06');
    ending({ cancelledBy: 'C-1', opens: { STB_PROVISIONED: [{ wait: '05#tv#gate', entry: '04:D06' }] } });
    await end();
    expect(world.wait('05#tv#gate')).toMatchObject({ outcome: { error: 'DependencyCancelled' } });
  });

  it('brings the order up to date', async () => {
    ending({});
    world.plan(suborder('05', { state: 'completed' }));
    await end();
    expect(world.header()).toMatchObject({ state: 'partial', completionDate: NOW });
  });

  it('may be told so again', async () => {
    gate('05#tv#gate', '04:D06');
    gate('00#close#gate', '04:SUBORDERS');
    ending({
      opens: {
        STB_PROVISIONED: [{ wait: '05#tv#gate', entry: '04:D06' }],
        ENDED: [{ wait: '00#close#gate', entry: '04:SUBORDERS' }],
      },
    });
    await end();
    const records = () => [
      world.suborder(),
      world.wait('05#tv#gate'),
      world.wait('00#close#gate'),
      world.header(),
    ];
    const first = structuredClone(records());
    world.time += 60_000;
    expect(await end()).toEqual({ status: 'cancelled' });
    expect(records()).toEqual(first);
  });

  it('ends nothing that is not being cancelled', async () => {
    world.plan(suborder('04', { state: 'completed', endedAt: NOW }));
    await end();
    expect(world.suborder()).toMatchObject({ state: 'completed' });
  });
});

describe('a step that is undone', () => {
  const undo = () =>
    undoStep(cancelDispatch, world.deps, {
      order: ORDER,
      suborder: '04',
      step: 'book',
      task: 'field.cancel',
      undo: true,
    });

  beforeEach(() => {
    world.plan(suborder('04'));
    done({ step: 'book', task: 'appointment.book', run: 2, outputs: { appointmentId: 'AP-1' } });
  });

  it('has its effect taken back by its compensation, with what it found out', async () => {
    expect(await undo()).toEqual({ status: 'undone' });
    expect(world.calls).toEqual([
      {
        system: 'wfm',
        operation: 'field.cancel',
        idempotencyKey: `${ORDER}-04-book-2-undo`,
        correlationId: ORDER,
        step: '04.book.undo',
        body: { appointmentId: 'AP-1' },
      },
    ]);
    expect(world.step('book')).toMatchObject({ status: 'undone', at: NOW });
  });

  it('is not undone twice', async () => {
    await undo();
    expect(await undo()).toEqual({ status: 'replayed' });
    expect(world.calls).toHaveLength(1);
  });

  it('is tried again with the same key', async () => {
    world.answer = () => {
      throw new TechnicalError('Unavailable', 'down');
    };
    await expect(undo()).rejects.toMatchObject({ name: 'Unavailable' });
    expect(world.step('book')).toMatchObject({ status: 'done' });
    world.answer = () => ({});
    await undo();
    expect(new Set(world.calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  it('needs to be done', async () => {
    done({ step: 'book', status: 'fallout' });
    expect(await undo()).toEqual({ status: 'replayed' });
    expect(world.calls).toEqual([]);
  });
});

import { SendTaskSuccessCommand, SFNClient, TaskTimedOut } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerWait, completionItems, openGate } from '#shared/steps/completion.ts';
import { resumeWait } from '#shared/steps/resume.ts';
import { writeTogether } from '#shared/steps/transaction.ts';
import { attemptKey, parkWait } from '#shared/steps/waits.ts';
import { type Wait, waitSchema } from '#shared/store/records.ts';
import { getStep, getSuborder } from '#shared/store/suborders.ts';
import { ORDER, plannedWait, suborder, World } from '../steps/support.ts';

/** A state machine that waits: only its newest token can be answered, and once. */
class Waiting {
  readonly answered: string[] = [];
  readonly #world: World;
  readonly #ready: () => boolean;
  live: string | undefined;
  tooEarly = false;

  constructor(world: World, ready: () => boolean) {
    this.#world = world;
    this.#ready = ready;
  }

  answer(token: string): void {
    if (token !== this.live) throw new TaskTimedOut({ message: '', $metadata: {} });
    this.live = undefined;
    this.tooEarly ||= !this.#ready();
    this.answered.push(token);
  }

  client(): SFNClient {
    const client = new SFNClient({ region: 'eu-north-1' });
    mockClient(client)
      .on(SendTaskSuccessCommand)
      .callsFake(async ({ taskToken }: { taskToken: string }) => {
        await this.#world.db.before('answer');
        this.answer(taskToken);
        return {};
      });
    return client;
  }
}

/** What the world does while the state machine waits. */
interface Story {
  /** For each attempt of the state how often its message is delivered. */
  readonly deliveries: readonly number[];
  /** For each record of the stream whether it is delivered again, as a batch that failed is. */
  readonly repeated: readonly boolean[];
}

const story: fc.Arbitrary<Story> = fc.record({
  deliveries: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  repeated: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
});

const PENDING = ['01:D01', '02:D02', '03:D03:HW_DELIVERED'];

/**
 * Runs a story in the order that the scheduler draws: every operation of the database and every answer is a point
 * where others come in between.
 */
async function play(scheduler: fc.Scheduler, kind: 'gate' | 'manual', { deliveries, repeated }: Story) {
  const world = new World();
  const wait = `04#pick#${kind}`;
  world.plan(suborder('04'));
  if (kind === 'gate') world.db.seed('waits', plannedWait(wait, { pending: new Set(PENDING) }));
  world.db.before = (operation) => scheduler.schedule(Promise.resolve(), operation);
  const record = () => world.wait(wait);
  const machine = new Waiting(world, () =>
    kind === 'gate' ? record()?.pending === undefined : world.step('pick')?.status === 'done',
  );
  const deps = { ...world.deps, stepFunctions: machine.client(), wakeAt: async () => {} };

  /** Tries until it succeeds, as queues and state machines do. */
  const insist = async (work: () => Promise<unknown>) => {
    for (let tries = 0; ; tries++)
      try {
        return await work();
      } catch (error) {
        if (tries > 50) throw error;
      }
  };

  const attempt = async (retryCount: number) => {
    await scheduler.schedule(Promise.resolve(), `attempt ${retryCount}`);
    if (machine.answered.length > 0) return;
    const token = `T${retryCount}`;
    machine.live = token;
    const park = () =>
      parkWait(deps, {
        order: ORDER,
        suborder: '04',
        step: 'pick',
        task: 'logistics.pick-scan',
        kind,
        token,
        attempt: attemptKey({ enteredAt: '2026-03-02T07:59:00.000Z', retryCount }),
        reason: 'for the test',
        dueAt: '2026-03-09T08:00:00.000Z',
        ...(kind === 'gate' && { outcome: { result: {} } }),
      });
    deliveredLate.push(...Array.from({ length: deliveries[retryCount] ?? 1 }, () => insist(park)));
  };
  const deliveredLate: Promise<unknown>[] = [];
  const attempts = async () => {
    for (const retryCount of deliveries.keys()) await attempt(retryCount);
    while (deliveredLate.length > 0) await deliveredLate.shift();
  };

  const milestone = (entry: string) =>
    insist(async () => {
      await scheduler.schedule(Promise.resolve(), `milestone ${entry}`);
      await writeTogether(deps, [openGate(ORDER, wait, entry)]);
    });

  /** A person who completes the work as soon as the flow waits for it. */
  const person = async () => {
    for (;;) {
      const row = await getSuborder(deps, ORDER, '04');
      const step = await getStep(deps, ORDER, '04', 'pick');
      if (step?.status === 'done') return;
      const run = { step: 'pick', task: 'logistics.pick-scan', run: step?.run ?? 1 };
      const outputs = { serialNumber: 'S-1' };
      await writeTogether(deps, [
        answerWait(ORDER, wait, { result: {} }),
        ...completionItems(row, run, { outputs, by: 'E-1', at: '2026-03-02T08:30:00.000Z' }),
      ]);
    }
  };

  let open = true;
  /** The stream's consumer: record by record, in order, some of them twice. */
  const consumer = async () => {
    let next = 0;
    while (open || next < world.db.stream.length) {
      const change = world.db.stream[next];
      if (!change) {
        await scheduler.schedule(Promise.resolve(), 'poll');
        continue;
      }
      const again = repeated[next] === true;
      next++;
      if (change.table !== 'waits' || !('kind' in change.image)) continue;
      const image: Wait = waitSchema.parse(change.image);
      await insist(() => resumeWait(deps, image));
      if (again) await insist(() => resumeWait(deps, image));
    }
  };

  const others = Promise.all([attempts(), ...(kind === 'gate' ? PENDING.map(milestone) : [person()])]).then(
    () => {
      open = false;
    },
  );
  await scheduler.waitFor(Promise.all([others, consumer()]));
  return { machine, record: record(), step: world.step('pick'), suborder: world.suborder() };
}

describe('however parking, milestones, answers and deliveries come in between each other', () => {
  it('a gate lets its flow go on once, with the newest token, not before every milestone is reached', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), story, async (scheduler, story) => {
        const { machine, record } = await play(scheduler, 'gate', story);
        expect(machine.answered).toHaveLength(1);
        expect(machine.live).toBeUndefined();
        expect(machine.tooEarly).toBe(false);
        expect(record).not.toHaveProperty('pending');
        expect(record?.status).not.toBe('planned');
      }),
      { numRuns: 300 },
    );
  });

  it('work by hand is done once, and its flow goes on once, with the newest token, not before it is done', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), story, async (scheduler, story) => {
        const { machine, step, suborder } = await play(scheduler, 'manual', story);
        expect(machine.answered).toHaveLength(1);
        expect(machine.live).toBeUndefined();
        expect(machine.tooEarly).toBe(false);
        expect(step).toMatchObject({ status: 'done', outputs: { serialNumber: 'S-1' } });
        expect(suborder).toMatchObject({ done: 1 });
      }),
      { numRuns: 300 },
    );
  });
});

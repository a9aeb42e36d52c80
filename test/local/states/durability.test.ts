import { deserialize, serialize } from 'node:v8';
import { expect, test } from 'vitest';
import type { ExecutionRecord, ExecutionStore } from '#local/states/index.ts';
import { type Answer, Bench, callback, failedFunction, HOUR, invoke } from './harness.ts';

/** Every state of the records that was ever written down, with the time it was. */
class Snapshots implements ExecutionStore {
  readonly taken: { readonly at: number; readonly bytes: Buffer }[] = [];
  clock: { now(): number } = { now: () => 0 };

  *load(): Iterable<ExecutionRecord> {}

  save(record: ExecutionRecord): void {
    this.taken.push({ at: this.clock.now(), bytes: serialize(record) });
  }
}

function storeOf(bytes: Buffer): ExecutionStore {
  return { load: () => [deserialize(bytes)], save: () => {} };
}

const answer: Answer = ({ service, input }) => {
  if (service === 'sqs') return { MessageId: 'id' };
  return input.Payload === 'fail' ? failedFunction('Broken') : { StatusCode: 200, Payload: input.Payload };
};

const STATES = {
  Wait: { Type: 'Wait', Seconds: 10, Assign: { x: '{% $random() %}' }, Next: 'Each' },
  Each: {
    Type: 'Map',
    Items: [1, 2, 3],
    MaxConcurrency: 2,
    ItemProcessor: { StartAt: 'Work', States: { Work: invoke() } },
    Next: 'Both',
  },
  Both: {
    Type: 'Parallel',
    Branches: [
      {
        StartAt: 'Fails',
        States: {
          Fails: invoke({
            Arguments: { FunctionName: 'f', Payload: 'fail' },
            Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 2 }],
            Catch: [{ ErrorEquals: ['Broken'], Next: 'Caught', Output: '{% $states.errorOutput.Error %}' }],
          }),
          Caught: { Type: 'Succeed' },
        },
      },
      { StartAt: 'Ask', States: { Ask: callback({ TimeoutSeconds: 3600 }) } },
    ],
    Output: { each: '{% $states.input %}', both: '{% $states.result %}', drawn: '{% $x < 1 %}' },
    End: true,
  },
};
const RESULT = { each: [1, 2, 3], both: ['Broken', 'answered'], drawn: true };

/** Lets time pass until nothing is left to do, answering whatever asks. */
async function finish(bench: Bench, executionArn: string): Promise<void> {
  for (let round = 0; round < 20 && bench.engine.describe(executionArn).status === 'RUNNING'; round++) {
    await bench.pass(60_000);
    const taskToken = bench.token();
    if (taskToken === '') continue;
    answerToken(bench, taskToken);
    await bench.settle();
  }
}

test('an execution goes on from wherever it was interrupted', async () => {
  const snapshots = new Snapshots();
  const first = new Bench({ store: snapshots });
  first.answer = answer;
  snapshots.clock = first.clock;
  first.load(STATES);
  const executionArn = await first.run();
  await finish(first, executionArn);
  expect(first.output(executionArn)).toEqual(RESULT);
  expect(snapshots.taken.length).toBeGreaterThan(20);

  for (const { at, bytes } of snapshots.taken) {
    const bench = new Bench({ now: at, store: storeOf(bytes) });
    bench.answer = answer;
    bench.load(STATES);
    bench.engine.resume();
    await bench.settle();
    const asked = callTokens(deserialize(bytes));
    for (const taskToken of asked)
      if (bench.engine.describe(executionArn).status === 'RUNNING') answerToken(bench, taskToken);
    await finish(bench, executionArn);

    expect(bench.output(executionArn)).toEqual(RESULT);
  }
});

function callTokens(record: ExecutionRecord): string[] {
  return [...record.frames.values()].flatMap(({ doing }) =>
    doing.kind === 'task' && doing.phase === 'submitted' && doing.token !== undefined ? [doing.token] : [],
  );
}

/** Answers a callback, which may have been answered before. */
function answerToken(bench: Bench, taskToken: string): void {
  try {
    bench.engine.sendTaskSuccess({ taskToken, output: '"answered"' });
  } catch (error) {
    expect(error).toMatchObject({ code: 'TaskTimedOut' });
  }
}

test('a wait that ended while nothing ran ends when it is taken up', async () => {
  const snapshots = new Snapshots();
  const first = new Bench({ store: snapshots });
  first.load({ Wait: { Type: 'Wait', Seconds: 10, End: true } });
  const executionArn = await first.run();
  const last = snapshots.taken.at(-1)?.bytes ?? Buffer.of();

  const second = new Bench({ now: first.clock.now() + HOUR, store: storeOf(last) });
  second.engine.resume();
  await second.pass(0);

  expect(second.engine.describe(executionArn).status).toBe('SUCCEEDED');
});

import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { ExecutionFiles } from '#local/data/execution-files.ts';
import { Bench, callback, invoke } from './states/harness.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'executions-test-'));
});

const STATES = {
  Pass: { Type: 'Pass', Next: 'Wait' },
  Wait: { Type: 'Wait', Seconds: 10, Next: 'Ask' },
  Ask: { ...callback(), End: undefined, Next: 'Work' },
  Work: invoke({ Output: '{% $states.input %}' }),
};

function bench(now?: number): Bench {
  const made = new Bench({ store: new ExecutionFiles(folder), ...(now === undefined ? {} : { now }) });
  made.load(JSON.parse(JSON.stringify(STATES)));
  return made;
}

/** The one file that there is. */
const file = () => join(folder, readdirSync(folder)[0] ?? '');

test('an execution goes on from its file, with its whole history', async () => {
  const first = bench();
  const executionArn = await first.run({ a: 1 });
  await first.pass(10_000);
  const before = first.types(executionArn);

  const second = bench(first.clock.now());
  second.engine.resume();
  await second.settle();
  expect(second.types(executionArn)).toEqual(before);
  second.engine.sendTaskSuccess({ taskToken: first.token(), output: '"yes"' });
  await second.settle();
  expect(second.output(executionArn)).toBe('yes');

  const third = bench(second.clock.now());
  third.engine.resume();
  expect(third.output(executionArn)).toBe('yes');
  expect(third.types(executionArn)).toEqual(second.types(executionArn));
});

test('an execution goes on wherever its file was cut off', async () => {
  const first = bench();
  const executionArn = await first.run();
  await first.pass(10_000);
  const whole = readFileSync(file());
  const now = first.clock.now();

  for (let length = whole.length; length > whole.length * 0.8; length -= 97) {
    writeFileSync(file(), whole.subarray(0, length));
    const second = bench(now);
    second.engine.resume();
    await second.pass(10_000);
    const taskToken = second.token() || first.token();
    second.engine.sendTaskSuccess({ taskToken, output: '"yes"' });
    await second.settle();
    expect(second.output(executionArn)).toBe('yes');
  }
});

test('only what is new is appended', async () => {
  const first = bench();
  first.load({
    Each: {
      Type: 'Map',
      Items: Array.from({ length: 200 }, (_, index) => index),
      MaxConcurrency: 1,
      ItemProcessor: { StartAt: 'Work', States: { Work: { Type: 'Wait', Seconds: 1, End: true } } },
      Next: 'Ask',
    },
    Ask: callback(),
  });
  await first.run();
  await first.pass(300_000);
  // Each of some hundred changes with the whole history would take ten times as much.
  expect(readFileSync(file()).length).toBeLessThan(4_000_000);
});

test('executions are listed newest first also after a restart', async () => {
  const first = bench();
  for (const name of ['b', 'c', 'a']) {
    await first.run({}, name);
    await first.pass(1000);
  }
  const list = ({ engine }: Bench) =>
    engine
      .list({ stateMachineArn: engine.listStateMachines().stateMachines[0]?.stateMachineArn ?? '' })
      .executions.map(({ name }) => name);
  const second = bench(first.clock.now());
  second.engine.resume();
  expect(list(second)).toEqual(list(first));
});

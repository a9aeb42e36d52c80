import { expect, test } from 'vitest';
import { Bench, callback, failedFunction, invoke, SECOND } from './harness.ts';

test('no more iterations run at once than allowed', async () => {
  const bench = new Bench();
  const ItemProcessor = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 10, End: true } } };
  bench.load({
    Each: { Type: 'Map', Items: '{% [1..6] %}', MaxConcurrency: '{% 2 %}', ItemProcessor, End: true },
  });
  const arn = await bench.run();
  const started = () => bench.types(arn).filter((type) => type === 'MapIterationStarted').length;

  expect(started()).toBe(2);
  await bench.pass(10 * SECOND);
  expect(started()).toBe(4);
  await bench.pass(20 * SECOND);
  expect(bench.output(arn)).toEqual([1, 2, 3, 4, 5, 6]);
});

test('an item selector sees the item, its index and the input of the whole', async () => {
  const bench = new Bench();
  bench.load({
    Each: {
      Type: 'Map',
      Items: '{% $states.input.items %}',
      ItemSelector: {
        value: '{% $states.context.Map.Item.Value %}',
        index: '{% $states.context.Map.Item.Index %}',
        all: '{% $count($states.input.items) %}',
      },
      ItemProcessor: { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } },
      End: true,
    },
  });

  expect(bench.output(await bench.run({ items: ['a', 'b'] }))).toEqual([
    { value: 'a', index: 0, all: 2 },
    { value: 'b', index: 1, all: 2 },
  ]);
});

test('when a branch fails, what the others wait for is given up', async () => {
  const bench = new Bench();
  bench.answer = ({ service }) => (service === 'sqs' ? { MessageId: 'id' } : failedFunction('Broken'));
  bench.load({
    Both: {
      Type: 'Parallel',
      Branches: [
        { StartAt: 'Ask', States: { Ask: callback() } },
        { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 1, Next: 'Work' }, Work: invoke() } },
      ],
      Catch: [{ ErrorEquals: ['Broken'], Next: 'Caught' }],
      End: true,
    },
    Caught: { Type: 'Pass', Output: '{% $states.input.Error %}', End: true },
  });
  const arn = await bench.run();
  const taskToken = bench.token();

  await bench.pass(SECOND);

  expect(bench.output(arn)).toBe('Broken');
  expect(bench.types(arn).filter((type) => type === 'TaskStateAborted')).toHaveLength(2);
  expect(() => bench.engine.sendTaskSuccess({ taskToken, output: '1' })).toThrow(
    expect.objectContaining({ code: 'TaskTimedOut' }),
  );
});

test.each([
  [{}, 'FAILED'],
  [{ ToleratedFailureCount: 1 }, 'SUCCEEDED'],
  [{ ToleratedFailurePercentage: 25 }, 'SUCCEEDED'],
  [{ ToleratedFailurePercentage: '{% 10 %}' }, 'FAILED'],
])('a distributed Map of which one in four fails, with %j, has %s', async (tolerance, status) => {
  const bench = new Bench();
  bench.answer = ({ input }) =>
    input.Payload === 3 ? failedFunction('Broken') : { StatusCode: 200, Payload: input.Payload };
  const ItemProcessor = {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'Work',
    States: { Work: invoke() },
  };
  bench.load({ Each: { Type: 'Map', Items: [1, 2, 3, 4], ItemProcessor, ...tolerance, End: true } });

  const arn = await bench.run();

  expect(bench.engine.describe(arn).status).toBe(status);
  const ended = status === 'FAILED' ? 'MapRunFailed' : 'MapRunSucceeded';
  expect(bench.types(arn)).toContain(ended);
  if (status === 'FAILED')
    expect(bench.engine.describe(arn).error).toBe('States.ExceedToleratedFailureThreshold');
});

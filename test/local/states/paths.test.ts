import { describe, expect, test } from 'vitest';
import { Bench, FUNCTION, failedFunction } from './harness.ts';

/** A machine in JSONPath: the given state, and after it one in JSONata. */
async function run(state: Record<string, unknown>, input: unknown, bench = new Bench()): Promise<unknown> {
  bench.load(
    {
      First: { Next: 'Last', ...state },
      Last: { Type: 'Pass', QueryLanguage: 'JSONata', End: true },
    },
    { QueryLanguage: 'JSONPath' },
  );
  return bench.output(await bench.run(input));
}

describe('states in JSONPath pass on', () => {
  test.each<[string, Record<string, unknown>, unknown]>([
    ['their input', {}, { a: { b: [1, 2] } }],
    ['part of it', { InputPath: '$.a.b[1]' }, 2],
    ['nothing of it', { InputPath: null }, {}],
    ['the context', { InputPath: '$$.State.Name' }, 'First'],
    ['a result in its place', { Result: 7, ResultPath: '$.a.c' }, { a: { b: [1, 2], c: 7 } }],
    ['a result in a new place', { Result: 7, ResultPath: '$.x.y' }, { a: { b: [1, 2] }, x: { y: 7 } }],
    ['no result', { Result: 7, ResultPath: null }, { a: { b: [1, 2] } }],
    [
      'what parameters say',
      { Parameters: { 'n.$': '$.a.b[0]', m: [{ 'k.$': "$['a']" }] } },
      { n: 1, m: [{ k: { b: [1, 2] } }] },
    ],
    ['part of the output', { OutputPath: '$.a.b' }, [1, 2]],
    ['nothing', { OutputPath: null }, {}],
  ])('%s', async (_what, fields, output) => {
    expect(await run({ Type: 'Pass', ...fields }, { a: { b: [1, 2] } })).toEqual(output);
  });

  test('variables, from state to state', async () => {
    const bench = new Bench();
    bench.load(
      {
        One: { Type: 'Pass', Assign: { 'kept.$': '$.a', fixed: 1 }, Next: 'Two' },
        Two: { Type: 'Wait', Seconds: 0, OutputPath: '$kept', Next: 'Three' },
        Three: {
          Type: 'Pass',
          QueryLanguage: 'JSONata',
          Output: ['{% $states.input %}', '{% $fixed %}'],
          End: true,
        },
      },
      { QueryLanguage: 'JSONPath' },
    );

    expect(bench.output(await bench.run({ a: 'A' }))).toEqual(['A', 1]);
  });
});

describe('a task in JSONPath', () => {
  const task = {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: FUNCTION, 'Payload.$': '$.order' },
    ResultSelector: { 'made.$': '$.Payload.done' },
    ResultPath: '$.result',
    Catch: [{ ErrorEquals: ['Bad'], ResultPath: '$.failed', Next: 'Last' }],
  };

  test('sends what its parameters say and puts its result beside its input', async () => {
    const bench = new Bench();

    expect(await run(task, { order: 5 }, bench)).toEqual({ order: 5, result: { made: true } });
    expect(bench.calls).toMatchObject([{ input: { FunctionName: FUNCTION, Payload: 5 } }]);
  });

  test('puts what it caught beside its input', async () => {
    const bench = new Bench();
    bench.answer = () => failedFunction('Bad');

    expect(await run(task, { order: 5 }, bench)).toMatchObject({ order: 5, failed: { Error: 'Bad' } });
  });
});

test.each<[string, Record<string, unknown>, string]>([
  ['input', { InputPath: '$.x' }, "Invalid path '$.x' : No results for path: $['x']"],
  ['output', { OutputPath: '$.x.y' }, "Invalid path '$.x.y' : Missing property in path $['x']"],
  [
    'parameter',
    { Parameters: { 'value.$': '$.x' } },
    `The JSONPath '$.x' specified for the field 'value.$' could not be found in the input '{"a":1}'`,
  ],
])('a path to no %s fails the execution', async (_what, fields, cause) => {
  expect(await run({ Type: 'Pass', ...fields }, { a: 1 })).toEqual({
    failed: 'States.Runtime',
    cause: `An error occurred while executing the state 'First' (entered at the event id #2). ${cause}`,
  });
});

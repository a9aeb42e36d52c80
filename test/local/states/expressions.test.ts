import { expect, test } from 'vitest';
import { Bench } from './harness.ts';

async function evaluated(expression: string, input: unknown = {}): Promise<unknown> {
  const bench = new Bench();
  bench.load({ Pass: { Type: 'Pass', Output: `{% ${expression} %}`, End: true } });
  return bench.output(await bench.run(input));
}

test.each([
  ['$partition([1,2,3,4,5], 2)', [[1, 2], [3, 4], [5]]],
  ['$range(10, 1, -3)', [10, 7, 4, 1]],
  ['$hash("text", "SHA-256")', '982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1'],
  ['$random(7) = $random(7)', true],
  ['$random() < 1', true],
  ['$match($uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/).index', 0],
  [`$parse('{"a":[1]}').a`, [1]],
  ['[$states.input.xs[type="a"]]', [{ type: 'a' }]],
  ['$states.input.xs[type="a"]', { type: 'a' }],
  ['$states.context.StateMachine.Name', 'Machine'],
])('%s', async (expression, value) => {
  const input = { xs: [{ type: 'a' }, { type: 'b' }] };

  expect(await evaluated(expression, input)).toEqual(value);
});

test.each([
  ['$eval("1")', 'threw an error during evaluation. T1006: Attempted to invoke a non-function'],
  [
    '"a" + 1',
    'threw an error during evaluation. T2001: The left side of the "+" operator must evaluate to a number',
  ],
  ['$states.input.xs[type="c"]', 'returned nothing (undefined).'],
  ['function($x){$x}', 'returned an unsupported result type.'],
])('%s fails with the words of AWS', async (expression, words) => {
  expect(await evaluated(expression)).toEqual({
    failed: 'States.QueryEvaluationError',
    cause: `An error occurred while executing the state 'Pass' (entered at the event id #2). The JSONata expression '${expression}' specified for the field 'Output' ${words}`,
  });
});

test('Assign and Output both see the variables as they were when the state was entered', async () => {
  const bench = new Bench();
  bench.load({
    A: { Type: 'Pass', Assign: { x: 1 }, Next: 'B' },
    B: { Type: 'Pass', Assign: { x: '{% $x + 1 %}', y: '{% $x %}' }, Output: '{% $x %}', Next: 'C' },
    C: { Type: 'Pass', Output: '{% [$states.input, $x, $y] %}', End: true },
  });

  expect(bench.output(await bench.run())).toEqual([1, 2, 1]);
});

test('branches and iterations see outer variables and keep their own to themselves', async () => {
  const bench = new Bench();
  const inner = (name: string) => ({
    StartAt: `${name}1`,
    States: {
      [`${name}1`]: { Type: 'Pass', Assign: { own: `{% $x & '${name}' %}` }, Next: `${name}2` },
      [`${name}2`]: { Type: 'Pass', Output: '{% $own %}', End: true },
    },
  });
  bench.load({
    Set: { Type: 'Pass', Assign: { x: 'x' }, Next: 'Both' },
    Both: { Type: 'Parallel', Branches: [inner('a'), inner('b')], Next: 'Each' },
    Each: {
      Type: 'Map',
      Items: [1],
      ItemProcessor: inner('c'),
      Output: '{% $append($states.input, $states.result) %}',
      Next: 'After',
    },
    After: { Type: 'Pass', Output: '{% [$states.input, $exists($own)] %}', End: true },
  });

  expect(bench.output(await bench.run())).toEqual(['xa', 'xb', 'xc', false]);
});

test('a choice takes the first rule that holds', async () => {
  const bench = new Bench();
  bench.load({
    Which: {
      Type: 'Choice',
      Choices: [
        { Condition: '{% $states.input.n > 10 %}', Output: 'big', Next: 'Done' },
        { Condition: '{% $states.input.n > 5 %}', Output: 'middling', Next: 'Done' },
      ],
    },
    Done: { Type: 'Succeed' },
  });

  expect(bench.output(await bench.run({ n: 11 }, 'a'))).toBe('big');
  expect(bench.output(await bench.run({ n: 6 }, 'b'))).toBe('middling');
  expect(bench.output(await bench.run({ n: 1 }, 'c'))).toMatchObject({ failed: 'States.NoChoiceMatched' });
  expect(bench.output(await bench.run({ n: 'x' }, 'd'))).toMatchObject({
    failed: 'States.QueryEvaluationError',
  });
});

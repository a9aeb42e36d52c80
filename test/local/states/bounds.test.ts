import { expect, test } from 'vitest';
import { Bench } from './harness.ts';

test.each([
  ['a loop without end', '($f := function($n) { $f($n + 1) }; $f(1))'],
  ['a recursion without end', '($f := function($n) { 1 + $f($n) }; $f(1))'],
])('%s fails the state', async (_what, code) => {
  const bench = new Bench();
  bench.load({ Pass: { Type: 'Pass', Output: `{% ${code} %}`, End: true } });
  const executionArn = await bench.run();
  expect(bench.output(executionArn)).toMatchObject({
    failed: 'States.QueryEvaluationError',
    cause: expect.stringContaining('threw an error during evaluation'),
  });
});

test('much work is no endless work', async () => {
  const bench = new Bench();
  bench.load({
    Pass: { Type: 'Pass', Output: '{% $sum($map([1..20000], function($n) { $n * 2 })) %}', End: true },
  });
  expect(bench.output(await bench.run())).toBe(400_020_000);
});

import { expect, test } from 'vitest';
import { ManualClock } from '#local/clock.ts';
import { Quotas } from '#local/faults/quotas.ts';

function passed(quotas: Quotas, action: string, times: number): number {
  let count = 0;
  for (let time = 0; time < times; time++)
    try {
      quotas.take('states', action);
      count++;
    } catch (error) {
      expect(error).toMatchObject({ code: 'ThrottlingException', message: 'Rate exceeded' });
    }
  return count;
}

test('executions start in a burst, then at a rate', async () => {
  const clock = new ManualClock(0);
  const quotas = new Quotas(clock);
  expect(passed(quotas, 'StartExecution', 1000)).toBe(800);
  await clock.advanceTo(2000);
  expect(passed(quotas, 'StartExecution', 1000)).toBe(300);
  await clock.advanceTo(3_600_000);
  expect(passed(quotas, 'StartExecution', 1000)).toBe(800);
});

test('all answers to tasks share a bucket; what has no quota passes', () => {
  const quotas = new Quotas(new ManualClock(0));
  expect(passed(quotas, 'SendTaskSuccess', 1000) + passed(quotas, 'SendTaskFailure', 1000)).toBe(1500);
  expect(passed(quotas, 'DescribeStateMachine', 5000)).toBe(5000);
});

import { expect, test } from 'vitest';
import { Activity } from '#local/activity.ts';

const LONG = 60_000;

test('who lets others go first goes on when they have ended, and does not wait for those that do the same', async () => {
  const activity = new Activity();
  const done: string[] = [];
  const patient = (name: string) =>
    activity.during(async () => {
      await activity.others(LONG);
      done.push(name);
    });
  const end = activity.begin();
  const both = [patient('one'), patient('two')];
  await new Promise((resolve) => setImmediate(resolve));
  done.push('other');
  end();

  await activity.idle();

  expect(done).toEqual(['other', 'one', 'two']);
  await Promise.all(both);
});

test('others that do not end are not waited for longer than told', async () => {
  const activity = new Activity();
  const end = activity.begin();

  await activity.during(() => activity.others(1));

  end();
  await activity.idle();
});

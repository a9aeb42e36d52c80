import { describe, expect, it } from 'vitest';
import { Turns } from '#local/turns.ts';

describe('work that takes turns', () => {
  it('is done one piece at a time, the least name first, in the order of arrival for equal ones', async () => {
    const turns = new Turns(true);
    const log: string[] = [];
    const work = async (name: string, text = name) => {
      await turns.take(name);
      await turns.outside(async () => {
        log.push(`${text} begins`);
        await new Promise((resolve) => setTimeout(resolve, 5));
        log.push(`${text} ends`);
      });
    };
    await Promise.all([work('c'), work('b', 'first b'), work('b', 'second b'), work('a')]);
    expect(log).toEqual(
      ['a', 'first b', 'second b', 'c'].flatMap((text) => [`${text} begins`, `${text} ends`]),
    );
  });

  it('begins with what follows from the piece before when that has the least name', async () => {
    const turns = new Turns(true);
    const log: string[] = [];
    const later = turns.take('z').then(() => log.push('z'));
    await turns.take('a');
    const following = turns.outside(async () => {}).then(() => turns.take('m').then(() => log.push('m')));
    await Promise.all([later, following]);
    expect(log).toEqual(['m', 'z']);
  });

  it('goes on when a piece comes to nothing', async () => {
    const turns = new Turns(true);
    await turns.take('a');
    await turns.take('b');
  });
});

it('waits for nobody when no turns are taken', async () => {
  const turns = new Turns(false);
  const never = turns.outside(() => new Promise<never>(() => {}));
  await turns.take('a');
  expect(never).toBeInstanceOf(Promise);
});

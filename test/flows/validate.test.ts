import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineOffering, OFFERINGS, type Offering } from '#shared/catalogue/offerings.ts';
import { fact, sibling } from '#shared/domain/facts.ts';
import * as field from '#shared/tasks/field.ts';
import { cancelItem, continueWithFlag, defineTask, rerunFrom, type SystemTask } from '#shared/tasks/task.ts';
import * as timer from '#shared/tasks/timer.ts';
import { FLOWS } from '#state-machines/catalogue.ts';
import {
  event,
  type Flow,
  flow,
  gate,
  type Selection,
  type Step,
  system,
  unless,
  when,
} from '#state-machines/language/flow.ts';
import { validateCatalogue, validateFlow } from '#state-machines/language/validate.ts';

/** A task that needs and finds out nothing. */
const work = (more: Partial<SystemTask> = {}): SystemTask => ({
  name: 'test.work',
  title: 'Work',
  kind: 'system',
  lane: 'management',
  system: 'milepost',
  input: z.object({}),
  output: z.object({}),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'ORDER_DESK',
  expected: 'PT1S',
  timeLimit: 'PT1M',
  undo: 'none',
  ...more,
});
const done = system('done', work({ title: 'Done' }), { reaches: 'COMPLETE' });
const box = (...steps: Step[]) => boxFlow([...steps, done]);
const boxFlow = (steps: readonly Step[], more: { id?: string; selects?: Selection } = {}): Flow => ({
  id: more.id ?? 'set-top-box.test',
  title: 'Test',
  expected: 'P1D',
  selects: more.selects ?? { product: 'set-top-box', action: 'add' },
  newContract: false,
  steps,
});

/** The one thing that is wrong with a flow. */
function fault(broken: Flow, offerings: readonly Offering[] = OFFERINGS) {
  const problems = validateFlow(broken, offerings);
  expect(problems).toHaveLength(1);
  return problems[0]?.replace(`${broken.id}: `, '');
}

describe('the catalogue', () => {
  it('has no fault', () => {
    expect(validateCatalogue(FLOWS)).toEqual([]);
  });
});

describe('a step that takes an earlier one back', () => {
  const unbind = work({ name: 'test.unbind', title: 'Unbind' });
  const bind = work({ name: 'test.bind', title: 'Bind', undo: unbind });
  const back = system('back', unbind, { takesBack: 'bind' });

  it('comes after it, and is its compensation', () => {
    expect(validateFlow(box(system('bind', bind), back))).toEqual([]);
    expect(fault(box(back, system('bind', bind)))).toBe(
      'step back takes back bind, which does not run before it',
    );
    expect(fault(box(system('bind', work()), back))).toBe(
      'step back takes back bind, which test.unbind does not',
    );
  });
});

describe('what takes a step back', () => {
  const bind = work({ name: 'test.bind', input: z.object({ unit: z.string(), kind: z.string() }) });
  const unbind = work({ name: 'test.unbind', output: z.object({ unit: z.string() }), undo: bind });

  it('finds its inputs', () => {
    expect(fault(box(system('off', unbind)))).toBe(
      'step off is undone by test.bind, which needs kind, which is neither fixed, nor known from the order or its offering, nor found out by a step that always runs before',
    );
    expect(validateFlow(box(system('off', unbind, { undoWith: { kind: 'box' } })))).toEqual([]);
  });

  it('cannot be told a fact that nobody knows', () => {
    expect(fault(box(system('off', unbind, { undoWith: { kind: fact('shape') } })))).toContain(
      'test.bind, which needs kind',
    );
  });
});

describe('names', () => {
  it.each(['settopbox', 'set-top-box.Create', 'set-top-box.', 'set top box.create', '-a.b'])(
    '%s is not a flow id',
    (id) => {
      expect(validateFlow(boxFlow([done], { id }))[0]).toMatch(
        / is not a flow id: product, action and variant/,
      );
    },
  );

  it('a flow id starts with its product', () => {
    expect(fault(boxFlow([done], { id: 'router.create' }))).toBe(
      'is for set-top-box, so its id must start with set-top-box.',
    );
  });

  it.each(['cancel', 'pick-up', 'a#b', 'Pick', ''])("'%s' is not a step id", (id) => {
    expect(fault(box(system(id, work())))).toBe(
      `step ${id}: a step id is one word of letters and digits, and not 'cancel' or 'end' or 'self'`,
    );
  });

  it('step ids are used once', () => {
    expect(fault(box(system('a', work()), system('a', work({ title: 'Other' }))))).toBe(
      'has more than one step a',
    );
  });

  it('titles are used once, gates, questions and shared states included', () => {
    const twice = (name: string) =>
      `has more than one state '${name}': give a step or gate another title, or put its steps together`;
    const waitsFor = gate('G', {
      title: 'Wait',
      why: 'test',
      flows: ['fibre.create.*'],
      milestones: ['ACCESS_READY'],
    });
    expect(fault(box(system('a', work()), system('b', work())))).toBe(twice('Work'));
    expect(fault(box(system('a', work({ title: 'Repair' }))))).toBe(twice('Repair'));
    expect(
      fault(box(system('a', work(), { waitsFor }), system('b', work({ title: 'B' }), { waitsFor }))),
    ).toBe(twice('Wait'));
  });

  it('titles fit into a state name', () => {
    const title = 'x'.repeat(81);
    expect(fault(box(system('a', work({ title }))))).toBe(
      `has a state name of more than 80 characters: '${title}'`,
    );
    expect(fault(box(system('a', work({ title: ' ' }))))).toBe('step a has no title');
  });
});

describe('the order of steps', () => {
  it('needs a step', () => {
    expect(fault(boxFlow([]))).toBe('has no steps');
  });

  it('does not lead to unknown steps, to later ones or to itself', () => {
    const comesAfter = (name: string): Step => ({ ...system('a', work()), after: [name] });
    expect(fault(box(comesAfter('nowhere')))).toBe(
      'step a comes after nowhere, which the flow does not have',
    );
    expect(fault(box(comesAfter('a')))).toBe('step a comes after itself');
    expect(fault(box(comesAfter('done')))).toMatch(
      /^step a comes after done, which is named later: .* never be reached$/,
    );
  });

  it('can be drawn', () => {
    const crossed = boxFlow([
      system('a', work({ title: 'A' })),
      system('b', work({ title: 'B' }), { after: 'a' }),
      system('c', work({ title: 'C' }), { after: 'a' }),
      system('d', work({ title: 'D' }), { after: ['b', 'c'] }),
      system('e', work({ title: 'E' }), { after: 'c' }),
      { ...done, after: ['d', 'e'] },
    ]);
    expect(fault(crossed)).toBe(
      'the steps b, c, d, e depend on each other in a way that cannot be drawn as parallel branches; let one of them come after the others',
    );
  });

  it('does not end in a step that may be skipped', () => {
    const end = system('pay', work(), { when: when('upFront'), reaches: 'COMPLETE' });
    const router = { product: 'router', action: 'add' } as const;
    expect(fault(boxFlow([end], { id: 'router.test', selects: router }))).toBe(
      'step pay may be skipped, and nothing comes after it: a choice needs a default, so put a step behind it that always runs',
    );
  });

  it('reaches COMPLETE at its end, in any case', () => {
    expect(fault(boxFlow([system('a', work())]))).toBe(
      'reaches COMPLETE nowhere: suborders that rely on this one would wait forever',
    );
    expect(fault(boxFlow([system('a', work()), { ...done, after: [] }]))).toBe(
      'step a may still run when done says that the flow is COMPLETE',
    );
    const skipped = boxFlow([{ ...done, when: when('upFront') }, system('a', work())], {
      id: 'router.test',
      selects: { product: 'router', action: 'add' },
    });
    expect(validateFlow(skipped)).toContain('router.test: step done reaches COMPLETE, but may be skipped');
  });

  it('goes back only to steps that it has, in the same branch', () => {
    const back = work({ title: 'Back', rejections: { AGAIN: rerunFrom('book') } });
    expect(fault(box(system('a', back)))).toBe(
      'step a runs again from book on AGAIN, but the flow has no such step before it',
    );
    expect(fault(box(system('a', back), system('book', work())))).toBe(
      'step a runs again from book on AGAIN, but the flow has no such step before it',
    );
    expect(validateFlow(box(system('book', work()), system('a', back)))).toEqual([]);
    const branches = box(
      system('book', work()),
      system('a', back, { after: 'book' }),
      system('b', work({ title: 'B' }), { after: 'book' }),
      system('join', work({ title: 'Join' }), { after: ['a', 'b'] }),
    );
    expect(fault(branches)).toBe(
      'step a runs again from book on AGAIN, but that step is in another parallel branch',
    );
  });
});

describe('time limits', () => {
  it('are there for whatever waits', () => {
    const forever = { ...timer.until, timeLimit: 'PT0S' } as const;
    const step: Step = { ...system('a', work()), task: forever };
    expect(fault(boxFlow([{ ...step, with: { dueAt: 'soon' } }, done]))).toBe(
      'step a (timer) has no time limit: it could wait forever',
    );
  });

  it('are durations, and shorter than a year', () => {
    expect(fault(box(system('a', work({ timeLimit: 'P1Y' }))))).toBe(
      "step a: its time limit 'P1Y' is not a duration",
    );
    expect(fault(box(system('a', work({ expected: 'PT' }))))).toBe(
      "step a: 'PT', how long it usually takes, is not a duration",
    );
    expect(fault(box(system('a', work({ timeLimit: 'P366D' }))))).toBe(
      'step a may wait longer than an execution runs, which is one year',
    );
    expect(fault({ ...box(), expected: 'P1M' })).toBe("'P1M' is not a duration");
  });
});

describe('points of no return', () => {
  const port = work({ title: 'Port', undo: 'irreversible' });
  const unguarded =
    'step a cannot be undone, but could still be cancelled: make it, or a step that always comes before it, a point of no return';

  it('guard what cannot be undone', () => {
    expect(fault(box(system('a', port)))).toBe(unguarded);
    expect(validateFlow(box(system('a', port, { noReturn: 'soft' })))).toEqual([]);
    expect(validateFlow(box(system('b', work(), { noReturn: 'hard' }), system('a', port)))).toEqual([]);
  });

  it('do not guard what comes before them', () => {
    expect(fault(box(system('a', port), system('b', work(), { noReturn: 'hard' })))).toBe(unguarded);
  });

  it('do not guard when they may be skipped, unless the step is skipped with them', () => {
    const router = { id: 'router.test', selects: { product: 'router', action: 'add' } } as const;
    const guard = system('b', work(), { noReturn: 'hard', when: when('upFront') });
    expect(fault(boxFlow([guard, system('a', port), done], router))).toBe(unguarded);
    const same = system('a', port, { when: when('upFront') });
    expect(validateFlow(boxFlow([guard, same, done], router))).toEqual([]);
    const otherwise = system('c', work({ title: 'C' }), { noReturn: 'soft', when: unless('upFront') });
    expect(validateFlow(boxFlow([guard, otherwise, system('a', port), done], router))).toEqual([]);
  });

  it('refuse a cancel from the moment that an irreversible call is made', () => {
    expect(fault(box(system('a', port, { noReturn: 'hard' })))).toBe(
      "step a cannot be undone once it has begun, but could still be cancelled while it runs: set noReturnAt to 'start'",
    );
    expect(validateFlow(box(system('a', port, { noReturn: 'hard', noReturnAt: 'start' })))).toEqual([]);
    expect(
      validateFlow(box(event('visit', field.awaitVisit, { noReturn: 'hard', with: { workOrderId: 'W1' } }))),
    ).toEqual(
      ['NO_ACCESS', 'EXTRA_WORK_NEEDED', 'PARTIAL'].map(
        (code) =>
          `set-top-box.test: step visit runs again from book on ${code}, but the flow has no such step before it`,
      ),
    );
  });
});

describe('selection and conditions', () => {
  it('a flow can be selected by an item of some offering', () => {
    const selects = { product: 'fibre', action: 'add', where: { drop: 'by-air' } } as const;
    expect(fault(boxFlow([done], { id: 'fibre.test', selects }))).toBe(
      "cannot be selected by any item: no offering is fibre with drop 'by-air'",
    );
  });

  it('a condition can be met', () => {
    expect(fault(box(system('a', work(), { when: when('upFront') })))).toBe(
      'step a can never be reached: no offering has the characteristic upFront, and no step before sets it',
    );
    expect(fault(box(system('a', work(), { when: unless('upFront') })))).toBe(
      'step a needs no condition: no offering has the characteristic upFront, and no step before sets it',
    );
  });

  it('a step before may set the flag', () => {
    const sets = work({ title: 'Sets', sets: ['upFront'] });
    const rejects = work({ title: 'Sets', rejections: { LATER: continueWithFlag('upFront') } });
    for (const task of [sets, rejects])
      expect(validateFlow(box(system('s', task), system('a', work(), { when: when('upFront') })))).toEqual(
        [],
      );
    expect(fault(box(system('a', work(), { when: when('upFront') }), system('s', sets)))).toMatch(
      /^step a can never be reached/,
    );
  });
});

describe('inputs', () => {
  const needs = defineTask({ ...work({ title: 'Needs' }), input: z.object({ key: z.string() }) });
  const finds = work({ title: 'Finds', output: z.object({ key: z.string().optional() }) });
  const unknown =
    'step a needs key, which is neither fixed, nor known from the order or its offering, nor found out by a step that always runs before';

  it('are known when a step needs them', () => {
    expect(fault(box(system('a', needs)))).toBe(unknown);
    expect(validateFlow(box(system('a', needs, { with: { key: 'x' } })))).toEqual([]);
    expect(validateFlow(box(system('f', finds), system('a', needs)))).toEqual([]);
    expect(fault(box(system('a', needs), system('f', finds)))).toBe(unknown);
  });

  it('are not known from a step in another branch, or one that may have been skipped', () => {
    expect(
      fault(
        box(
          system('f', finds),
          system('a', needs, { after: [] as const }),
          system('join', work({ title: 'Join' }), { after: ['a', 'f'] }),
        ),
      ),
    ).toBe(unknown);
    const router = { id: 'router.test', selects: { product: 'router', action: 'add' } } as const;
    const maybe = system('f', finds, { when: when('upFront') });
    expect(fault(boxFlow([maybe, system('a', needs), done], router))).toBe(unknown);
    expect(
      validateFlow(boxFlow([maybe, system('a', needs, { when: when('upFront') }), done], router)),
    ).toEqual([]);
  });

  it('may be left out when they have a default or are optional', () => {
    const relaxed = work({ input: z.object({ a: z.string().optional(), b: z.string().default('x') }) });
    expect(validateFlow(box(system('a', relaxed)))).toEqual([]);
  });

  it('come from the order, the plan and every offering of the product', () => {
    const input = z.object({ order: z.string(), product: z.string(), sku: z.string() });
    expect(validateFlow(box(system('a', work({ input }))))).toEqual([]);
    const other = defineOffering({
      id: 'box-x',
      name: 'X',
      product: 'set-top-box',
      add: z.strictObject({ key: z.string().optional(), sku: z.string().default('x') }),
      adds: {},
    });
    expect(validateFlow(box(system('a', work({ input }))), [other])).toEqual([]);
    expect(fault(box(system('a', needs)), [other])).toBe(unknown);
    const keyed = { ...other, adds: { key: 'x' } };
    expect(validateFlow(box(system('a', needs)), [keyed])).toEqual([]);
    expect(fault(box(system('a', needs)), [keyed, other])).toBe(unknown);
  });

  it('of another name are known too', () => {
    expect(fault(box(system('a', needs, { with: { key: fact('lock') } })))).toBe(
      'step a: key comes from lock, which is neither fixed, nor known from the order or its offering, nor found out by a step that always runs before',
    );
    expect(validateFlow(box(system('a', needs, { with: { key: fact('order') } })))).toEqual([]);
  });
});

describe('between flows', () => {
  const one = box(system('a', work(), { reaches: 'STB_PROVISIONED' }));
  const router = (...steps: Step[]) =>
    boxFlow([...steps, done], { id: 'router.test', selects: { product: 'router', action: 'add' } });
  const rule = (id: string, more: Partial<Parameters<typeof gate>[1]> = {}) =>
    gate(id, {
      title: `Wait ${id}`,
      why: 'test',
      flows: ['set-top-box.test'],
      milestones: ['STB_PROVISIONED'],
      ...more,
    });
  const waiting = (waitsFor: ReturnType<typeof gate>) => router(system('w', work(), { waitsFor }));

  it('ids are used once', () => {
    expect(validateCatalogue([one, one])).toEqual([
      'set-top-box.test: there is more than one flow of this id',
    ]);
  });

  it('faults of single flows come first', () => {
    expect(validateCatalogue([boxFlow([])])).toEqual(['set-top-box.test: has no steps']);
  });

  it('no item could mean two flows', () => {
    const twin = boxFlow([done], { id: 'set-top-box.twin' });
    expect(validateCatalogue([one, twin])).toEqual([
      "set-top-box.test and set-top-box.twin can both be meant by the same item, and neither is more specific: give one of them another condition in 'where'",
    ]);
  });

  it('gates wait for flows that exist and milestones that they reach', () => {
    expect(validateCatalogue([one, waiting(rule('G'))])).toEqual([]);
    expect(validateCatalogue([one, waiting(rule('G', { flows: ['fibre.*'] }))])).toEqual([
      'gate G waits for flows fibre.*, and there are none',
    ]);
    expect(validateCatalogue([one, waiting(rule('G', { milestones: ['LINE_BUILT'] }))])).toEqual([
      'gate G waits for LINE_BUILT, which none of its flows reaches',
    ]);
    const milestones = ['LINE_BUILT', 'STB_PROVISIONED'] as const;
    expect(validateCatalogue([one, waiting(rule('G', { milestones }))])).toEqual([]);
    expect(validateCatalogue([one, waiting(rule('G', { milestones, match: 'all' }))])).toEqual([
      'gate G waits for LINE_BUILT, which none of its flows reaches',
    ]);
    expect(validateCatalogue([one, waiting(rule('G', { flows: ['*'], milestones: ['ENDED'] }))])).toEqual([
      expect.stringContaining('flows wait for each other'),
    ]);
  });

  it('gates do not wait for what may be skipped without anyone knowing beforehand', () => {
    const late = box(
      system('s', work({ title: 'Sets', sets: ['upFront'] })),
      system('a', work(), { when: when('upFront'), reaches: 'STB_PROVISIONED' }),
    );
    expect(validateCatalogue([late, waiting(rule('G'))])).toEqual([
      'gate G waits for STB_PROVISIONED, but whether set-top-box.test reaches it is decided while it runs, and a skipped step tells nobody',
    ]);
  });

  it('gates are declared once', () => {
    const other = router(
      system('w', work(), { waitsFor: rule('G') }),
      system('x', work({ title: 'X' }), { waitsFor: rule('G', { title: 'Other' }) }),
    );
    expect(validateCatalogue([one, other])).toEqual(['gate G is declared more than once']);
  });

  it('gates of one step wait for different things', () => {
    const two = (...gates: ReturnType<typeof gate>[]) => router(system('w', work(), { waitsFor: gates }));
    const message = 'router.test: step w waits with gates G and H for the same thing: make them one gate';
    expect(validateCatalogue([one, two(rule('G'), rule('H'))])).toEqual([message]);
    const over = (id: string, milestone: 'COMPLETE' | 'ENDED') => rule(id, { milestones: [milestone] });
    expect(validateCatalogue([one, two(over('G', 'COMPLETE'), over('H', 'ENDED'))])).toEqual([message]);
    expect(validateCatalogue([one, two(rule('G'), over('H', 'COMPLETE'))])).toEqual([]);
  });

  it('flows do not wait for each other in a circle', () => {
    const back = rule('BACK', { flows: ['router.test'], milestones: ['COMPLETE'] });
    const circular = box(system('a', work(), { waitsFor: back, reaches: 'STB_PROVISIONED' }));
    expect(validateCatalogue([circular, waiting(rule('G'))])).toEqual([
      "flows wait for each other: set-top-box.test waits before 'Work' for COMPLETE of router.test; router.test waits before 'Work' for STB_PROVISIONED of set-top-box.test",
    ]);
  });

  it('nor two suborders of the same flow', () => {
    const self = box(system('a', work(), { waitsFor: rule('SELF'), reaches: 'STB_PROVISIONED' }));
    expect(validateCatalogue([self])).toEqual([
      "flows wait for each other: set-top-box.test waits before 'Work' for STB_PROVISIONED of set-top-box.test; set-top-box.test waits before 'Work' for STB_PROVISIONED of set-top-box.test",
    ]);
  });

  it('facts of siblings exist', () => {
    const needs = defineTask({
      ...work(),
      rejections: { NO: cancelItem() },
      input: z.object({ key: z.string() }),
    });
    const taking = (name: string) =>
      router(system('w', needs, { with: { key: sibling('set-top-box', name) } }));
    expect(validateCatalogue([one, taking('colour')])).toEqual([
      'router.test: step w takes colour from set-top-box, which never has it',
    ]);
    expect(validateCatalogue([one, taking('sku')])).toEqual([]);
  });
});

it('a flow declared in its own file is checked like any other', () => {
  const declared = flow('set-top-box.create', 'Box', {
    selects: { product: 'set-top-box', action: 'add' },
    expected: 'P1D',
    steps: [system('only', work())],
  });
  expect(fault(declared)).toMatch(/^reaches COMPLETE nowhere/);
});

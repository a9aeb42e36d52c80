import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { continueWithFlag } from '#shared/tasks/task.ts';
import { FLOWS } from '#state-machines/catalogue.ts';
import { type Step, unless, when } from '#state-machines/language/flow.ts';
import {
  ancestors,
  arrange,
  NotSeriesParallel,
  predecessors,
  type Sequence,
} from '#state-machines/language/graph.ts';
import { at, drawn, flowOf, rejects, work } from './support.ts';

const drawing = (...steps: Step[]) => drawn(arrange(flowOf(...steps)));

describe('what comes before a step', () => {
  it('is the step that stands before it when it names none', () => {
    expect(predecessors(flowOf(at('a'), at('b'), at('c', ['a'])))).toEqual(
      new Map([
        ['a', []],
        ['b', ['a']],
        ['c', ['a']],
      ]),
    );
  });

  it('includes what comes before those', () => {
    const before = ancestors(flowOf(at('a'), at('b'), at('c', ['a']), at('d', ['b', 'c'])));
    expect(before.get('d')).toEqual(new Set(['a', 'b', 'c']));
    expect(before.get('c')).toEqual(new Set(['a']));
  });
});

describe('a flow is arranged', () => {
  it('as a sequence when each step comes after the one before', () => {
    expect(drawing(at('a'), at('b'), at('c'))).toBe('a b c');
  });

  it('with branches where steps do not depend on each other', () => {
    expect(drawing(at('a'), at('b', ['a']), at('c', ['a']), at('d', ['b', 'c']))).toBe('a (b | c) d');
  });

  it('with branches of several steps', () => {
    expect(
      drawing(
        at('a'),
        at('b', ['a']),
        at('b2', ['b']),
        at('c', ['a']),
        at('c2', ['c']),
        at('d', ['b2', 'c2']),
      ),
    ).toBe('a (b b2 | c c2) d');
  });

  it('with branches inside branches', () => {
    expect(
      drawing(
        at('a'),
        at('b', ['a']),
        at('c', ['b']),
        at('d', ['b']),
        at('e', ['c', 'd']),
        at('f', ['a']),
        at('g', ['e', 'f']),
      ),
    ).toBe('a (b (c | d) e | f) g');
  });

  it('with branches at its beginning and at its end', () => {
    expect(drawing(at('a', []), at('b', []), at('c', ['a', 'b']), at('d', ['c']), at('e', ['c']))).toBe(
      '(a | b) c (d | e)',
    );
  });

  it('with parallel parts directly behind each other', () => {
    expect(drawing(at('a', []), at('b', []), at('c', ['a', 'b']), at('d', ['a', 'b']))).toBe(
      '(a | b) (c | d)',
    );
  });

  it('without saying twice what follows from other relations', () => {
    expect(drawing(at('a'), at('b', ['a']), at('c', ['a', 'b']))).toBe('a b c');
  });

  it('not at all when relations cross between branches, and the message names the steps', () => {
    const crossing = flowOf(at('a', []), at('b', []), at('c', ['a']), at('d', ['a', 'b']));
    expect(() => arrange(crossing)).toThrow(NotSeriesParallel);
    expect(() => arrange(crossing)).toThrow(/^test\.create: the steps a, b, c, d depend on each other/);
  });
});

describe('conditions', () => {
  const self = { when: when('selfInstall') };
  const technician = { when: unless('selfInstall') };

  it('become a choice whose other way leads on', () => {
    expect(drawing(at('a'), at('b', undefined, self), at('c'))).toBe('a selfInstall?{b : } c');
    expect(drawing(at('a'), at('b', undefined, technician), at('c'))).toBe('a selfInstall?{ : b} c');
  });

  it('of neighbours on the same flag become one choice', () => {
    expect(drawing(at('a'), at('b', undefined, self), at('b2', undefined, self), at('c'))).toBe(
      'a selfInstall?{b b2 : } c',
    );
  });

  it('that are opposite become the two ways of one choice', () => {
    const steps = [at('b', undefined, self), at('t', undefined, technician), at('t2', undefined, technician)];
    expect(drawing(at('a'), ...steps, at('c'))).toBe('a selfInstall?{b : t t2} c');
  });

  it('on different flags stay apart', () => {
    const upFront = { when: when('upFront') };
    expect(drawing(at('a'), at('b', undefined, self), at('p', undefined, upFront), at('c'))).toBe(
      'a selfInstall?{b : } upFront?{p : } c',
    );
  });

  it('stay apart when a step between them runs always', () => {
    expect(drawing(at('b', undefined, self), at('a'), at('b2', undefined, self), at('c'))).toBe(
      'selfInstall?{b : } a selfInstall?{b2 : } c',
    );
  });

  it('are asked again after a step that can change the answer', () => {
    const asking = work(rejects(continueWithFlag('upFront')));
    const steps = [
      at('try', undefined, { when: unless('upFront') }, asking),
      at('pay', undefined, { when: when('upFront') }),
    ];
    expect(drawing(at('a'), ...steps, at('c'))).toBe('a upFront?{ : try} upFront?{pay : } c');
  });

  it('are joined inside branches too', () => {
    expect(
      drawing(
        at('a'),
        at('b', ['a'], self),
        at('b2', ['b'], technician),
        at('b3', ['b2']),
        at('c', ['a']),
        at('d', ['b3', 'c']),
      ),
    ).toBe('a (selfInstall?{b : b2} b3 | c) d');
  });
});

/** A random series-parallel shape; leaves become steps. */
type Shape = 'step' | { readonly series: readonly Shape[] } | { readonly parallel: readonly Shape[] };

const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constant<Shape>('step'),
    fc.record({ series: fc.array(tie('shape'), { minLength: 1, maxLength: 4 }) }),
    fc.record({ parallel: fc.array(tie('shape'), { minLength: 1, maxLength: 3 }) }),
  ),
}));

/** The steps of a shape in an order that a flow could list them in; each after the last ones of what came before. */
function stepsOf(shape: Shape): Step[] {
  const steps: Step[] = [];
  const add = (part: Shape, after: readonly string[]): readonly string[] => {
    if (part === 'step') {
      const id = `s${steps.length}`;
      steps.push(at(id, after));
      return [id];
    }
    if ('series' in part) return part.series.reduce((before, next) => add(next, before), after);
    return part.parallel.flatMap((branch) => add(branch, after));
  };
  add(shape, []);
  return steps;
}

const idsOf = (sequence: Sequence): string[] =>
  sequence.flatMap((node) => {
    if (node.kind === 'step') return [node.step.id];
    return node.kind === 'parallel' ? node.branches.flatMap(idsOf) : idsOf([...node.yes, ...node.no]);
  });

/** Which steps run after which, as the drawing says. */
function drawnOrder(sequence: Sequence): Set<string> {
  const order = new Set<string>();
  sequence.forEach((node, index) => {
    if (node.kind === 'parallel')
      for (const branch of node.branches) for (const pair of drawnOrder(branch)) order.add(pair);
    for (const earlier of idsOf([node]))
      for (const later of idsOf(sequence.slice(index + 1))) order.add(`${earlier} before ${later}`);
  });
  return order;
}

describe('every series-parallel flow', () => {
  it('is drawn with each step once, in exactly the order that its relations ask for', () => {
    fc.assert(
      fc.property(shape, (shape) => {
        const flow = flowOf(...stepsOf(shape));
        const sequence = arrange(flow);
        expect(idsOf(sequence).sort()).toEqual(flow.steps.map(({ id }) => id).sort());
        const wanted = new Set(
          [...ancestors(flow)].flatMap(([later, before]) =>
            [...before].map((earlier) => `${earlier} before ${later}`),
          ),
        );
        expect(drawnOrder(sequence)).toEqual(wanted);
      }),
      { numRuns: 300 },
    );
  });

  it('never has a part that could be drawn flatter', () => {
    fc.assert(
      fc.property(shape, (shape) => {
        const check = (sequence: Sequence): void => {
          for (const node of sequence) {
            if (node.kind !== 'parallel') continue;
            expect(node.branches.length).toBeGreaterThan(1);
            for (const branch of node.branches) {
              expect(branch.length === 1 && branch[0]?.kind === 'parallel').toBe(false);
              check(branch);
            }
          }
        };
        check(arrange(flowOf(...stepsOf(shape))));
      }),
    );
  });

  it.each(FLOWS.map((flow) => [flow.id, flow] as const))('of the catalogue can be drawn: %s', (_id, flow) => {
    expect(idsOf(arrange(flow)).sort()).toEqual(flow.steps.map(({ id }) => id).sort());
  });
});

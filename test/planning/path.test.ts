import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLAG_NAMES, type Flag, type Flags, holds } from '#shared/domain/flags.ts';
import { FLOWS } from '#state-machines/catalogue.ts';
import { basesOf, flagsOf, flagsSetBy } from '#state-machines/language/flags.ts';
import type { Flow, Step } from '#state-machines/language/flow.ts';
import { plannedPath } from '#state-machines/planning/path.ts';

const anyFlags: fc.Arbitrary<Flags> = fc.record(
  Object.fromEntries(FLAG_NAMES.map((flag) => [flag, fc.boolean()])),
  { requiredKeys: [] },
);

const runs = ({ when }: Step, flags: Flags): boolean => !when || holds(when.flag, flags) === when.is;

/** Flags that steps of a flow set on the way, and that it branches on. */
const openFlags = (flow: Flow): readonly Flag[] => {
  const set = new Set(flow.steps.flatMap(flagsSetBy));
  return flagsOf(flow).filter((flag) => set.has(flag));
};
const onlyOf = (flags: Flags, names: readonly Flag[]): Flags =>
  Object.fromEntries(names.map((name) => [name, flags[name] ?? false]));

/** All values that some flags can have. */
const allValues = (flags: readonly Flag[]): Flags[] =>
  flags.reduce<Flags[]>(
    (known, flag) => known.flatMap((values) => [true, false].map((is) => ({ ...values, [flag]: is }))),
    [{}],
  );

describe('the planned path of a flow', () => {
  it('has every step that runs, whatever is decided on the way: progress never goes past what is planned', () => {
    fc.assert(
      fc.property(anyFlags, anyFlags, (flags, later) => {
        for (const flow of FLOWS) {
          const planned = plannedPath(flow, flags).steps;
          const decided = { ...flags, ...onlyOf(later, openFlags(flow)) };
          expect(planned).toEqual(expect.arrayContaining(flow.steps.filter((step) => runs(step, decided))));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('has no step that cannot run any more', () => {
    fc.assert(
      fc.property(anyFlags, (flags) => {
        for (const flow of FLOWS) {
          const cannotRun = plannedPath(flow, flags).steps.filter((step) => {
            const open = openFlags(flow).filter(
              (flag) => step.when && basesOf(step.when.flag).includes(flag),
            );
            return !allValues(open).some((later) => runs(step, { ...flags, ...later }));
          });
          expect(cannotRun.map(({ id }) => `${flow.id} ${id}`)).toEqual([]);
        }
      }),
      { numRuns: 25 },
    );
  });
});

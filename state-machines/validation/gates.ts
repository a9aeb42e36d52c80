import * as z from 'zod';
import type { Offering } from '#shared/catalogue/offerings.ts';
import type { Facts } from '#shared/domain/facts.ts';
import type { Milestone } from '#shared/domain/milestones.ts';
import { basesOf, flagsSetBy } from '../language/flags.ts';
import { type Flow, type Gate, productsOf } from '../language/flow.ts';
import { findDeadlock } from '../planning/deadlock.ts';
import { linkSuborders, type Member } from '../planning/links.ts';
import { fullPath } from '../planning/path.ts';
import { explainCircle } from '../planning/refusals.ts';
import { matchesFlow } from '../planning/select.ts';
import { factSourceOf } from './inputs.ts';
import { canGive, offeredOf } from './offered.ts';
import { repeated } from './rule.ts';

/** Every gate waits for something that some flow does. */
export function gatesCanOpen(flows: readonly Flow[]): string[] {
  const sources = flows.filter(({ selects }) => selects);
  const gates = [...new Set(flows.flatMap(({ steps }) => steps.flatMap((step) => step.gates)))];
  return [
    ...repeated(gates.map(({ id }) => id)).map((id) => `gate ${id} is declared more than once`),
    ...gates.flatMap((gate) => [
      ...patternsWithoutFlow(gate, sources),
      ...milestonesWithoutStep(gate, sources),
    ]),
  ];
}

const patternsWithoutFlow = (gate: Gate, sources: readonly Flow[]): string[] =>
  gate.flows
    .filter((pattern) => !sources.some((flow) => matchesFlow(pattern, flow)))
    .map((pattern) => `gate ${gate.id} waits for flows ${pattern}, and there are none`);

function milestonesWithoutStep(gate: Gate, sources: readonly Flow[]): string[] {
  const matching = sources.filter((flow) => appliesTo(gate, flow));
  if (matching.length === 0) return [];
  const missing = gate.milestones.filter((milestone) => !matching.some((flow) => reaches(flow, milestone)));
  const never =
    gate.match === 'all' || missing.length === gate.milestones.length
      ? missing.map((milestone) => `gate ${gate.id} waits for ${milestone}, which none of its flows reaches`)
      : [];
  const surely = (flow: Flow) =>
    gate.match === 'any' &&
    gate.milestones.some((milestone) => reaches(flow, milestone) && !onlyUnderLateFlags(flow, milestone));
  const unsure = matching
    .filter((flow) => !surely(flow))
    .flatMap((flow) =>
      gate.milestones
        .filter((milestone) => onlyUnderLateFlags(flow, milestone))
        .map(
          (milestone) =>
            `gate ${gate.id} waits for ${milestone}, but whether ${flow.id} reaches it is decided while it runs, and a skipped step tells nobody`,
        ),
    );
  return [...never, ...unsure];
}

/** `ENDED` comes to every suborder, whatever its flow. */
const reaches = (flow: Flow, milestone: Milestone): boolean =>
  milestone === 'ENDED' || flow.steps.some((step) => step.reaches === milestone);

function onlyUnderLateFlags(flow: Flow, milestone: Milestone): boolean {
  const late = new Set(flow.steps.flatMap(flagsSetBy));
  const steps = flow.steps.filter((step) => step.reaches === milestone);
  return (
    steps.length > 0 && steps.every(({ when }) => when && basesOf(when.flag).some((base) => late.has(base)))
  );
}

/** Milestones that one transaction records together: a suborder that is complete has also ended. */
const AT_ONCE: readonly (readonly Milestone[])[] = [['COMPLETE', 'ENDED']];

/**
 * Nothing that happens at once opens two gates of the same step: they are one wait, and a transaction can write
 * that only once.
 */
export function gatesOpenApart(flows: readonly Flow[]): string[] {
  const sources = flows.filter(({ selects }) => selects);
  const together = (a: Milestone, b: Milestone) =>
    a === b || AT_ONCE.some((group) => group.includes(a) && group.includes(b));
  const clashes = (a: Gate, b: Gate) =>
    sources.some((flow) => appliesTo(a, flow) && appliesTo(b, flow)) &&
    a.milestones.some((one) => b.milestones.some((other) => together(one, other)));
  return flows.flatMap((flow) =>
    flow.steps.flatMap((step) =>
      step.gates.flatMap((gate, index) =>
        step.gates
          .slice(index + 1)
          .filter((other) => clashes(gate, other))
          .map(
            (other) =>
              `${flow.id}: step ${step.id} waits with gates ${gate.id} and ${other.id} for the same thing: make them one gate`,
          ),
      ),
    ),
  );
}

const appliesTo = (gate: Gate, flow: Flow): boolean =>
  gate.flows.some((pattern) => matchesFlow(pattern, flow));

/** Flows do not wait for each other in a circle, not even two suborders of the same flow. */
export function gatesHaveNoCircle(flows: readonly Flow[]): string[] {
  const conditions = flows.flatMap(({ steps }) =>
    steps.flatMap(({ gates }) => gates.map(({ where }) => where)),
  );
  return [...new Set(conditions.map((where) => JSON.stringify(where ?? {})))]
    .flatMap((where) => circleAmong(flows, factsSchema.parse(JSON.parse(where))))
    .slice(0, 1);
}

const factsSchema = z.record(z.string(), z.unknown());

/** A circle when all items have these characteristics. */
function circleAmong(flows: readonly Flow[], facts: Facts): string[] {
  const members = flows
    .filter(({ selects }) => selects)
    .flatMap((flow) =>
      ['a', 'b'].map(
        (copy): Member => ({
          suborder: `${flow.id}/${copy}`,
          flow,
          path: fullPath(flow),
          facts,
          reliesOn: [],
        }),
      ),
    );
  const circle = findDeadlock(members, linkSuborders(members));
  const label = (suborder: string) => suborder.slice(0, suborder.lastIndexOf('/'));
  return circle ? [`flows wait for each other: ${explainCircle(circle, members, label)}`] : [];
}

/** A fact that is taken from a sibling is one that its product's flows find out, or that its offerings give. */
export const siblingFactsExist = (flows: readonly Flow[], offerings: readonly Offering[]): string[] =>
  flows.flatMap((flow) =>
    flow.steps.flatMap((step) =>
      Object.keys(step.with).flatMap((name) => {
        const source = factSourceOf(step, name);
        if (!source || !('$sibling' in source || '$siblings' in source)) return [];
        const { fact } = source;
        return ['$sibling' in source ? source.$sibling : source.$siblings].flat().flatMap((product) => {
          const found =
            flows.some(
              (other) =>
                productsOf(other).includes(product) &&
                other.steps.some(({ task }) => fact in task.output.shape),
            ) || offeredOf(product, offerings).some((offered) => canGive(offered, fact));
          return found
            ? []
            : [`${flow.id}: step ${step.id} takes ${fact} from ${product}, which never has it`];
        });
      }),
    ),
  );

import { OFFERINGS, type Offering } from '#shared/catalogue/offerings.ts';
import { ambiguousSelections } from '../planning/select.ts';
import { canBeSelected, conditionsCanVary } from '../validation/conditions.ts';
import { gatesCanOpen, gatesHaveNoCircle, gatesOpenApart, siblingFactsExist } from '../validation/gates.ts';
import { inputsAreKnown, undosKnowTheirInputs } from '../validation/inputs.ts';
import { everyStepHasATimeLimit } from '../validation/limits.ts';
import { idsAreWellFormed, titlesAreStateNames } from '../validation/names.ts';
import { irreversibleStepsAreGuarded } from '../validation/no-return.ts';
import {
  canBeDrawn,
  completesLast,
  endsEarlyCleanly,
  goesBackToEarlierSteps,
  stepsAreOrdered,
  takesBackEarlierSteps,
} from '../validation/order.ts';
import { type Rule, repeated } from '../validation/rule.ts';
import type { Flow } from './flow.ts';

/** Each stage needs what the ones before it hold: a flow whose steps have no order has no ancestors either. */
const STAGES: readonly (readonly Rule[])[] = [
  [idsAreWellFormed, stepsAreOrdered, everyStepHasATimeLimit],
  [canBeDrawn],
  [
    titlesAreStateNames,
    completesLast,
    takesBackEarlierSteps,
    goesBackToEarlierSteps,
    endsEarlyCleanly,
    irreversibleStepsAreGuarded,
    canBeSelected,
    conditionsCanVary,
    inputsAreKnown,
    undosKnowTheirInputs,
  ],
];

/** What is wrong with a flow taken by itself; empty when nothing is. Each message starts with the flow's id. */
export function validateFlow(flow: Flow, offerings: readonly Offering[] = OFFERINGS): string[] {
  for (const rules of STAGES) {
    const problems = rules.flatMap((rule) => rule(flow, offerings));
    if (problems.length > 0) return problems.map((problem) => `${flow.id}: ${problem}`);
  }
  return [];
}

/** What is wrong with a catalogue: with each of its flows, and, once these are sound, between them. */
export function validateCatalogue(
  flows: readonly Flow[],
  offerings: readonly Offering[] = OFFERINGS,
): string[] {
  const problems = [
    ...repeated(flows.map(({ id }) => id)).map((id) => `${id}: there is more than one flow of this id`),
    ...flows.flatMap((flow) => validateFlow(flow, offerings)),
  ];
  if (problems.length > 0) return problems;
  return [
    ...ambiguousSelections(flows),
    ...gatesCanOpen(flows),
    ...gatesOpenApart(flows),
    ...gatesHaveNoCircle(flows),
    ...siblingFactsExist(flows, offerings),
  ];
}

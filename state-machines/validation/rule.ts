import type { Offering } from '#shared/catalogue/offerings.ts';
import type { Flow } from '../language/flow.ts';

/** Something that must hold for a flow: what is wrong, a sentence each, without the flow's id. */
export type Rule = (flow: Flow, offerings: readonly Offering[]) => string[];

/** How messages name a step. */
export const named = (step: { readonly id: string }): string => `step ${step.id}`;

/** Values of which there is more than one, each once. */
export const repeated = (values: readonly string[]): string[] => [
  ...new Set(values.filter((value, index) => values.indexOf(value) !== index)),
];

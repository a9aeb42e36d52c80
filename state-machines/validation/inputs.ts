import type { Offering } from '#shared/catalogue/offerings.ts';
import { type FactSource, factSourceSchema, ORDER_FACTS } from '#shared/domain/facts.ts';
import type { Flow, Step } from '../language/flow.ts';
import { alwaysBefore } from './before.ts';
import { givesAlways, offeringsOf } from './offered.ts';
import { named, type Rule } from './rule.ts';

/** Facts that planning gives beyond those of the order: to each item, and to the flows that no item selects. */
const PLANNED_FACTS: readonly string[] = ['product', 'quantity'];
const FACTS_OF_FLOW: Readonly<Record<string, readonly string[]>> = {
  'order.manage': ['withdrawalEnds'],
  'order-item.handle': ['reason'],
};
const ORDER: readonly string[] = ORDER_FACTS;

/**
 * Each step finds its inputs: what a task must know is fixed in the flow, a fact of the order, given by every
 * offering that the flow is for, or found out by a step that has always run before. An output that a task may
 * leave out counts too: which of them come is decided by the inputs, which types cannot tell.
 */
export const inputsAreKnown: Rule = (flow, offerings) => {
  const known = factFinder(flow, offerings);
  return flow.steps.flatMap((step) =>
    Object.entries(step.task.input.shape).flatMap(([name, schema]) => {
      const source = factSourceOf(step, name);
      if (source && '$fact' in source)
        return known(step, source.$fact)
          ? []
          : [`${named(step)}: ${name} comes from ${unknown(source.$fact)}`];
      if (name in step.with || schema.safeParse(undefined).success || known(step, name)) return [];
      return [`${named(step)} needs ${unknown(name)}`];
    }),
  );
};

const unknown = (name: string): string =>
  `${name}, which is neither fixed, nor known from the order or its offering, nor found out by a step that always runs before`;

/** Where a step says that an input comes from, if it does. */
export function factSourceOf(step: Step, name: string): FactSource | undefined {
  const source = factSourceSchema.safeParse(step.with[name]);
  return source.success ? source.data : undefined;
}

function factFinder(flow: Flow, offerings: readonly Offering[]) {
  const runsBefore = alwaysBefore(flow);
  const offered = offeringsOf(flow, offerings);
  const fromPlanning = flow.selects
    ? [...PLANNED_FACTS, ...(flow.selects.action === 'add' ? [] : ['installedProductId'])]
    : (FACTS_OF_FLOW[flow.id] ?? []);
  return (step: Step, name: string): boolean =>
    ORDER.includes(name) ||
    fromPlanning.includes(name) ||
    (offered.length > 0 && offered.every((offering) => givesAlways(offering, name))) ||
    runsBefore(step, (earlier) => name in earlier.task.output.shape);
}

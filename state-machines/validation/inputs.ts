import * as z from 'zod';
import type { Offering } from '#shared/catalogue/offerings.ts';
import { type FactSource, factSourceSchema, ORDER_FACTS } from '#shared/domain/facts.ts';
import { compensationOf } from '#shared/tasks/registry.ts';
import type { Flow, Step } from '../language/flow.ts';
import { alwaysBefore } from './before.ts';
import { givesAlways, offeredFor } from './offered.ts';
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
 * leave out counts too: which of them come is decided by the inputs, which types cannot tell. So does an input of the
 * step itself that may be missing: a desk gives it.
 */
export const inputsAreKnown: Rule = (flow, offerings) => {
  const known = factFinder(flow, offerings);
  const runsBefore = alwaysBefore(flow);
  return flow.steps.flatMap((step) =>
    Object.entries(step.task.input.shape).flatMap(([name, schema]) => {
      const source = factSourceOf(step, name);
      const facts = source ? ownFacts(source) : [];
      if (facts.length > 0)
        return facts
          .filter((fact) => !known(step, fact) && !mayBeMissing(step.task.input.shape[fact]))
          .map((fact) => `${named(step)}: ${name} comes from ${unknown(fact)}`);
      if (source && '$completed' in source)
        return runsBefore(step, ({ id }) => id === source.$completed)
          ? []
          : [
              `${named(step)}: ${name} is when ${source.$completed} was done, which does not always run before`,
            ];
      if (source && '$foundBy' in source)
        return runsBefore(step, ({ id, task }) => id === source.$foundBy && source.fact in task.output.shape)
          ? []
          : [
              `${named(step)}: ${name} is what ${source.$foundBy} found as ${source.fact}, which it does not, or not always before`,
            ];
      if (name in step.with || mayBeMissing(schema) || known(step, name)) return [];
      return [`${named(step)} needs ${unknown(name)}`];
    }),
  );
};

/**
 * What takes a step back finds its inputs too: fixed for the step, found out by it, or known before it. What steps after
 * it found out has been taken back by then.
 */
export const undosKnowTheirInputs: Rule = (flow, offerings) => {
  const known = factFinder(flow, offerings);
  return flow.steps.flatMap((step) => {
    const undo = compensationOf(step.task);
    if (undo?.kind !== 'system' || !('input' in undo)) return [];
    const given = { ...step.with, ...step.undoWith };
    const finds = (fact: string) => fact in step.task.output.shape || known(step, fact);
    const missing = (name: string) => {
      const source = factSourceSchema.safeParse(given[name]);
      return source.success ? !ownFacts(source.data).every(finds) : !(name in given || finds(name));
    };
    return Object.entries(undo.input.shape).flatMap(([name, schema]) =>
      missing(name) && !mayBeMissing(schema)
        ? [`${named(step)} is undone by ${undo.name}, which needs ${unknown(name)}`]
        : [],
    );
  });
};

const mayBeMissing = (schema: z.core.$ZodType | undefined): boolean =>
  schema !== undefined && z.safeParse(schema, undefined).success;

/** The facts of the same suborder that a value comes from. */
function ownFacts(source: FactSource): readonly string[] {
  if ('$fact' in source) return [source.$fact];
  if ('$portMoment' in source) return [source.$portMoment];
  return '$latest' in source ? source.$latest : [];
}

const unknown = (name: string): string =>
  `${name}, which is neither fixed, nor known from the order or its offering, nor found out by a step that always runs before`;

/** Where a step says that an input comes from, if it does. */
export function factSourceOf(step: Step, name: string): FactSource | undefined {
  const source = factSourceSchema.safeParse(step.with[name]);
  return source.success ? source.data : undefined;
}

function factFinder(flow: Flow, offerings: readonly Offering[]) {
  const runsBefore = alwaysBefore(flow);
  const offered = offeredFor(flow, offerings);
  const fromPlanning = flow.selects
    ? [...PLANNED_FACTS, ...(flow.selects.action === 'add' ? [] : ['installedProductId'])]
    : (FACTS_OF_FLOW[flow.id] ?? []);
  return (step: Step, name: string): boolean =>
    ORDER.includes(name) ||
    fromPlanning.includes(name) ||
    (offered.length > 0 && offered.every((way) => givesAlways(way, name))) ||
    runsBefore(step, (earlier) => name in earlier.task.output.shape);
}

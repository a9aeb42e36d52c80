import * as z from 'zod';
import { TECHNICAL_ERRORS } from '#shared/domain/errors.ts';
import { ALL_TASKS } from '#shared/tasks/registry.ts';
import { type Definition, STATE_NAME_LIMIT } from '#state-machines/compiler/definition.ts';

/** Longest definition (AWS Step Functions quota), in characters. */
const DEFINITION_LIMIT = 1_048_576;

/** Nothing waits for what this workflow does. */
const LAST_RESORT = new Set(['Ask customer care to call', 'Repair is interrupted']);

const retrierSchema = z.object({ ErrorEquals: z.array(z.string()) });
const catcherSchema = z.object({ ErrorEquals: z.array(z.string()), Next: z.string() });
const stateSchema = z.looseObject({
  Type: z.string(),
  Resource: z.string().optional(),
  TimeoutSeconds: z.number().optional(),
  Default: z.string().optional(),
  Retry: z.array(retrierSchema).default([]),
  Catch: z.array(catcherSchema).default([]),
  Branches: z.array(z.lazy(() => statesSchema)).default([]),
  ItemProcessor: z.lazy(() => statesSchema).optional(),
});
type State = z.output<typeof stateSchema>;
const statesSchema: z.ZodType<{ States: Record<string, State> }> = z.looseObject({
  States: z.record(z.string(), stateSchema),
});

/** What tasks are rejected with; a name that technical errors have as well would be retried. */
const REJECTIONS = new Set(ALL_TASKS.flatMap(({ rejections }) => Object.keys(rejections)));
const CATCH_ALL = new Set(['States.ALL', 'States.TaskFailed']);

/**
 * What must hold for every definition beyond what Amazon's language asks for: every wait ends, every choice has a
 * way on, only what a retry can help is retried, and what fails goes to the repair of its own scope.
 * @returns what does not hold, each with the state's name; none when all is well
 */
export function definitionProblems(definition: Definition): string[] {
  const size = JSON.stringify(definition).length;
  return [
    ...(size > DEFINITION_LIMIT ? [`the definition has ${size} characters`] : []),
    ...(definition.TimeoutSeconds > 0 ? [] : ['the execution has no TimeoutSeconds']),
    ...scopeProblems(statesSchema.parse(definition).States),
  ];
}

/** A scope is the states of the definition, of a branch or of a map: states go to each other within it only. */
function scopeProblems(states: Record<string, State>): string[] {
  const names = new Set(Object.keys(states));
  return Object.entries(states).flatMap(([name, state]) => [
    ...stateProblems(name, state, names).map((problem) => `${name}: ${problem}`),
    ...state.Branches.flatMap((branch) => scopeProblems(branch.States)),
    ...(state.ItemProcessor ? scopeProblems(state.ItemProcessor.States) : []),
  ]);
}

function stateProblems(name: string, state: State, scope: ReadonlySet<string>): string[] {
  const retried = state.Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
  const catchAll = state.Catch.find(({ ErrorEquals }) => ErrorEquals.includes('States.ALL'));
  return [
    ...(name.length > STATE_NAME_LIMIT ? [`its name has ${name.length} characters`] : []),
    ...(state.Type === 'Task' && !state.TimeoutSeconds ? ['it has no TimeoutSeconds'] : []),
    ...(state.Type === 'Task' && state.Retry.length === 0 ? ['it is never retried'] : []),
    ...(state.Type === 'Choice' && !state.Default ? ['it has no Default'] : []),
    ...retried.filter((error) => CATCH_ALL.has(error)).map((error) => `it retries ${error}`),
    ...retried
      .filter((error) => REJECTIONS.has(error) && !TECHNICAL_ERRORS.some((technical) => technical === error))
      .map((error) => `it retries the rejection ${error}`),
    ...(needsCatch(name, state) && !catchAll ? ['nothing catches what fails'] : []),
    ...state.Catch.filter(({ Next }) => !leadsToRepair(Next) || !scope.has(Next)).map(
      ({ Next }) => `its failure leads to ${Next}`,
    ),
  ];
}

const needsCatch = (name: string, { Type }: State): boolean =>
  (Type === 'Task' || Type === 'Parallel') && !LAST_RESORT.has(name);

/** Repair itself is asked for again after a pause; a parallel part that was cancelled goes to the undo. */
const leadsToRepair = (state: string): boolean =>
  /^(Repair|Pause)\b/.test(state) || state === 'Prepare undo' || LAST_RESORT.has(state);

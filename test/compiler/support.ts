import jsonata from 'jsonata';
import * as z from 'zod';
import {
  defineTask,
  fallout,
  type ManualTask,
  type RejectionRule,
  type SystemTask,
} from '#shared/tasks/task.ts';
import type { State } from '#state-machines/compiler/definition.ts';
import type { FlowPattern, Gate, Step, StepOptions } from '#state-machines/language/flow.ts';
import { type Flow, flow, gate, manual, system } from '#state-machines/language/flow.ts';
import type { Node, Sequence } from '#state-machines/language/graph.ts';

/** A system task of the tests; its steps are told apart by their titles. */
export const work = (more: Partial<SystemTask> = {}): SystemTask =>
  defineTask({
    name: 'test.work',
    title: 'Work',
    kind: 'system',
    lane: 'commissioning',
    system: 'warehouse',
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

/** A manual task of the tests. */
export const handwork = (more: Partial<ManualTask> = {}): ManualTask =>
  defineTask({
    name: 'test.handwork',
    title: 'Handwork',
    kind: 'manual',
    lane: 'logistics',
    desk: 'LOGISTICS_PICK',
    input: z.object({}),
    output: z.object({}),
    rejections: { NO: fallout('ORDER_DESK') },
    expected: 'PT1H',
    timeLimit: 'P1D',
    undo: 'none',
    ...more,
  });

/** A system step whose title is its id, after the named steps. */
export const at = (
  id: string,
  after?: readonly string[],
  options: StepOptions<never, z.ZodObject> = {},
  task: SystemTask = work(),
): Step => step(system(id, task, { title: id, ...options }), after);

/** As {@link at}, by hand. */
export const byHand = (id: string, after?: readonly string[], task: ManualTask = handwork()): Step =>
  step(manual(id, task, { title: id }), after);

const step = (made: Step, after: readonly string[] | undefined): Step => ({ ...made, after });

/** A flow of these steps. */
export const flowOf = (...steps: readonly Step[]): Flow => {
  const made = flow('test.create', 'A flow of the tests', { expected: 'P1D', steps: [] });
  return { ...made, steps };
};

/** A gate on internet suborders. */
export const waitFor = (title: string, flows: readonly FlowPattern[] = ['internet.create']): Gate =>
  gate('T01', { title, why: 'for the test', flows, milestones: ['INTERNET_ACTIVE'] });

/** A rejection rule under the code `NO`. */
export const rejects = (rule: RejectionRule) => ({ rejections: { NO: rule } });

/**
 * A sequence as text: steps by id, `(a | b)` side by side, `flag?{yes : no}` a choice.
 */
export const drawn = (sequence: Sequence): string => sequence.map(drawNode).join(' ');

function drawNode(node: Node): string {
  if (node.kind === 'step') return node.step.id;
  if (node.kind === 'parallel') return `(${node.branches.map(drawn).join(' | ')})`;
  return `${node.flag}?{${drawn(node.yes)} : ${drawn(node.no)}}`;
}

/** Where a scope of a definition starts, and its states: the whole machine, a branch, or a Map's processor. */
export interface Scope {
  readonly where: string;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

const scopeSchema = z.object({ StartAt: z.string(), States: z.record(z.string(), z.custom<State>()) });
const childrenSchema = z.object({
  Branches: z.array(scopeSchema).default([]),
  ItemProcessor: scopeSchema.optional(),
});

/** All scopes of a definition, the outermost first. */
export function scopesOf(definition: unknown, where = 'the machine'): Scope[] {
  const scope = scopeSchema.parse(definition);
  const inner = Object.entries(scope.States).flatMap(([name, state]) => {
    const { Branches, ItemProcessor } = childrenSchema.parse(state);
    return [...Branches, ...(ItemProcessor ? [ItemProcessor] : [])].flatMap((child) => scopesOf(child, name));
  });
  return [{ where, ...scope }, ...inner];
}

/** All states of a definition by name. */
export const statesOf = (definition: unknown): Map<string, State> =>
  new Map(scopesOf(definition).flatMap(({ States }) => Object.entries(States)));

/** The state of this name. */
export function stateOf(definition: unknown, name: string): State {
  const state = statesOf(definition).get(name);
  if (!state) throw new Error(`There is no state "${name}"`);
  return state;
}

/** Every JSONata expression in a part of a definition, without its delimiters. */
export function expressionsIn(part: unknown): string[] {
  if (typeof part === 'string') {
    const match = /^\{%([\s\S]*)%\}$/.exec(part);
    return match?.[1] === undefined ? [] : [match[1].trim()];
  }
  return part !== null && typeof part === 'object' ? Object.values(part).flatMap(expressionsIn) : [];
}

/** The value of a part of a definition, each expression in it evaluated with these variables. */
export async function evaluated(
  part: unknown,
  variables: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const [expression] = typeof part === 'string' ? expressionsIn(part) : [];
  if (expression !== undefined) {
    const value: unknown = await jsonata(expression).evaluate({}, { ...variables });
    return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
  }
  if (Array.isArray(part)) return Promise.all(part.map((item) => evaluated(item, variables)));
  if (part === null || typeof part !== 'object') return part;
  const entries = Object.entries(part).map(
    async ([key, value]) => [key, await evaluated(value, variables)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** What `$states` holds for an execution with this input. */
export const statesVariable = (input: unknown, more: Readonly<Record<string, unknown>> = {}) => ({
  states: {
    input: {},
    context: {
      Execution: { Input: input },
      State: { EnteredTime: '2026-03-02T08:00:00.000Z', RetryCount: 1 },
      Task: { Token: 'the token' },
    },
    ...more,
  },
});

/** The state that a Choice goes to. */
export async function chosen(choice: State, variables: Readonly<Record<string, unknown>>): Promise<unknown> {
  const { Choices, Default } = choiceSchema.parse(choice);
  for (const { Condition, Next } of Choices)
    if ((await evaluated(Condition, variables)) === true) return Next;
  return Default;
}

const choiceSchema = z.object({
  Choices: z.array(z.object({ Condition: z.string(), Next: z.string() })),
  Default: z.string(),
});

const onward = z.object({
  Next: z.string().optional(),
  Default: z.string().optional(),
  Choices: z.array(z.object({ Next: z.string() })).default([]),
});

/** The states that a flow can pass through when nothing fails. */
export function happyPath(definition: unknown): State[] {
  const { StartAt, States } = scopeSchema.parse(definition);
  const reached = new Set([StartAt]);
  for (const name of reached) {
    const { Next, Default, Choices } = onward.parse(States[name]);
    for (const next of [Next, Default, ...Choices.map((choice) => choice.Next)]) if (next) reached.add(next);
  }
  return [...reached].flatMap((name) => {
    const state = States[name];
    if (!state) throw new Error(`There is no state "${name}"`);
    return [state, ...childrenSchema.parse(state).Branches.flatMap(happyPath)];
  });
}

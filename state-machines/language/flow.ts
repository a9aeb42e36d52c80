import type * as z from 'zod';
import type { Desk } from '#shared/domain/desks.ts';
import type { IsoDuration } from '#shared/domain/duration.ts';
import type { FactSource } from '#shared/domain/facts.ts';
import type { Flag } from '#shared/domain/flags.ts';
import type { MessageTemplate } from '#shared/domain/messages.ts';
import type { Milestone } from '#shared/domain/milestones.ts';
import type { Action, Product } from '#shared/domain/products.ts';
import type { EventTask, ManualTask, Rejections, SystemTask, Task, TimerTask } from '#shared/tasks/task.ts';

/** A condition on the suborder's flags; a step whose condition is false is skipped and counts as done. */
export type Condition = { readonly flag: Flag; readonly is: boolean };

/** The step runs only when the flag is set. */
export const when = (flag: Flag): Condition => ({ flag, is: true });

/** The step runs only when the flag is not set. */
export const unless = (flag: Flag): Condition => ({ flag, is: false });

/** Flows by id, by a prefix that ends in `.*`, or `*` for every suborder. */
export type FlowPattern = '*' | `${Product}.${string}`;

/** A step's wait for milestones of the order's other suborders. It applies only when the order has such a suborder. */
export interface Gate {
  readonly id: string;
  /** What a person reads in the console while it waits. */
  readonly title: string;
  readonly why: string;
  /** Suborders whose flow matches one of these are waited for, each of them. */
  readonly flows: readonly FlowPattern[];
  readonly milestones: readonly Milestone[];
  /** Whether one of the milestones opens the gate, or all are needed. */
  readonly match: 'any' | 'all';
  /** Working days before the date that the milestone carries at which the gate opens; at once when it carries none. */
  readonly workingDaysBefore?: number;
  /** It holds back only items with these characteristics. */
  readonly where?: Readonly<Record<string, string | boolean>>;
}

/** Where no path on the way back leads past: `soft` a cancel costs a fee or a return, `hard` it is refused. */
export interface PointOfNoReturn {
  readonly type: 'soft' | 'hard';
  readonly at: 'start' | 'complete';
}

/** A message while something is waited for: some time after the wait began, or before a date among the facts. */
export type Reminder = { readonly tells: MessageTemplate } & (
  | { readonly after: IsoDuration }
  | { readonly before: string; readonly by: IsoDuration }
);

/** What a step may say beyond its task; `after` names earlier steps of the same flow (default: the step before). */
export interface StepOptions<After extends string, Input extends z.ZodObject> {
  readonly title?: string;
  readonly after?: After | readonly After[];
  readonly waitsFor?: Gate | readonly Gate[];
  readonly when?: Condition;
  readonly reaches?: Milestone;
  /** What the customer is told when the step is done. */
  readonly tells?: MessageTemplate;
  /** What the customer is told when the step begins to wait for a person, an event or a date. */
  readonly announces?: MessageTemplate;
  /** What the customer is told while an event is waited for. */
  readonly reminders?: readonly Reminder[];
  /** How long to wait, instead of the task's time limit. */
  readonly within?: IsoDuration;
  /** The desk that does it, instead of the task's. */
  readonly desk?: Desk;
  /** What follows from rejections, where it is something else than the task says. */
  readonly onReject?: Rejections;
  readonly noReturn?: 'soft' | 'hard';
  /** When the point of no return takes effect; default `complete`. */
  readonly noReturnAt?: 'start' | 'complete';
  /** Inputs of the task that are fixed here or come from a fact of another name or another suborder. */
  readonly with?: { readonly [K in keyof z.input<Input>]?: z.input<Input>[K] | FactSource };
  /** The earlier step whose effect this one takes back, as `unlock` does with `lock`: it needs no undo after that. */
  readonly takesBack?: string;
  /** Inputs of what takes the step back, where they are neither inputs nor outputs of the step. */
  readonly undoWith?: Readonly<Record<string, string | FactSource>>;
}

/** One piece of work in a flow. */
export interface Step<Id extends string = string, After extends string = string> {
  readonly id: Id;
  readonly task: Task;
  readonly title: string;
  readonly after: readonly After[] | undefined;
  readonly gates: readonly Gate[];
  readonly when: Condition | undefined;
  readonly reaches: Milestone | undefined;
  readonly tells: MessageTemplate | undefined;
  readonly announces: MessageTemplate | undefined;
  readonly reminders: readonly Reminder[];
  readonly within: IsoDuration | undefined;
  readonly desk: Desk | undefined;
  readonly onReject: Rejections;
  readonly noReturn: PointOfNoReturn | undefined;
  readonly takesBack: string | undefined;
  readonly with: Readonly<Record<string, unknown>>;
  readonly undoWith: Readonly<Record<string, unknown>>;
}

function step<const Id extends string, const After extends string, T extends Task>(
  id: Id,
  task: T,
  options: StepOptions<After, T['input']>,
): Step<Id, After> {
  const { after, waitsFor, noReturn } = options;
  return {
    id,
    task,
    title: options.title ?? task.title,
    after: after === undefined ? undefined : typeof after === 'string' ? [after] : after,
    gates: waitsFor === undefined ? [] : [waitsFor].flat(),
    when: options.when,
    reaches: options.reaches,
    tells: options.tells,
    announces: options.announces,
    reminders: options.reminders ?? [],
    within: options.within,
    desk: options.desk,
    onReject: options.onReject ?? {},
    noReturn: noReturn && { type: noReturn, at: options.noReturnAt ?? 'complete' },
    takesBack: options.takesBack,
    with: options.with ?? {},
    undoWith: options.undoWith ?? {},
  };
}

/** A step that an underlying system, or the product itself, does. */
export const system = <const Id extends string, T extends SystemTask, const After extends string = never>(
  id: Id,
  task: T,
  options: StepOptions<After, T['input']> = {},
): Step<Id, NoInfer<After>> => step<Id, After, T>(id, task, options);

/** A step that a person at a desk does. */
export const manual = <const Id extends string, T extends ManualTask, const After extends string = never>(
  id: Id,
  task: T,
  options: StepOptions<After, T['input']> = {},
): Step<Id, NoInfer<After>> => step<Id, After, T>(id, task, options);

/** A step that waits for an event from outside. */
export const event = <const Id extends string, T extends EventTask, const After extends string = never>(
  id: Id,
  task: T,
  options: StepOptions<After, T['input']> = {},
): Step<Id, NoInfer<After>> => step<Id, After, T>(id, task, options);

/** A step that waits until a date. */
export const timer = <const Id extends string, T extends TimerTask, const After extends string = never>(
  id: Id,
  task: T,
  options: StepOptions<After, T['input']> = {},
): Step<Id, NoInfer<After>> => step<Id, After, T>(id, task, options);

/** Declares a gate. */
export const gate = (id: string, rule: Omit<Gate, 'id' | 'match'> & { match?: Gate['match'] }): Gate => ({
  id,
  match: 'any',
  ...rule,
});

/** What a person reads while a step waits at these gates. */
export function titleOf(gates: readonly Gate[]): string {
  const [first = '', ...others] = new Set(gates.map(({ title }) => title));
  return [first, ...others.map((title) => title.replace(/^Wait (for )?/, ''))].join(' and ');
}

/** Which order items a flow is for. */
export interface Selection {
  /** One product line, or each of several. */
  readonly product: Product | readonly Product[];
  readonly action: Action;
  /** Characteristic values that the item must have; the flow with the most of them wins. */
  readonly where?: Readonly<Record<string, string | boolean>>;
}

/** The product lines that a flow is for. */
export const productsOf = ({ selects }: Pick<Flow, 'selects'>): readonly Product[] =>
  selects ? [selects.product].flat() : [];

/** The named process of one product and action. */
export interface Flow {
  /** Product, action and variant, such as `fibre.create.existing-drop`. */
  readonly id: string;
  readonly title: string;
  /** How long the whole usually takes. */
  readonly expected: IsoDuration;
  /** Undefined for flows that no order item selects. */
  readonly selects: Selection | undefined;
  /** Whether it makes a new contract: then order management verifies the customer and checks credit first. */
  readonly newContract: boolean;
  readonly steps: readonly Step[];
}

/** A step whose `after` is left open, so that what each step names there is inferred from the step alone. */
type AnyStep = Omit<Step, 'after'> & { readonly after: readonly unknown[] | undefined };
type AfterOf<S> = S extends { readonly after: readonly (infer After)[] | undefined } ? After : never;
type UnknownAfter<S extends readonly AnyStep[]> = Exclude<AfterOf<S[number]>, S[number]['id']>;

interface FlowBody<S extends readonly AnyStep[]> {
  readonly expected: IsoDuration;
  readonly selects?: Selection;
  readonly newContract?: boolean;
  readonly steps: S;
}

/**
 * Declares a flow. A step that names an unknown step in `after` is a compile-time error; everything else that
 * can be wrong is found by `validateFlow`, which the compiler and the test suite run on every flow.
 */
export function flow<const S extends readonly AnyStep[]>(
  id: string,
  title: string,
  body: FlowBody<S> &
    ([UnknownAfter<S>] extends [never] ? unknown : { steps: `no such step: ${UnknownAfter<S> & string}` }),
): Flow {
  const steps: readonly AnyStep[] = body.steps;
  const { expected, selects, newContract = false } = body;
  return { id, title, expected, selects, newContract, steps: steps.filter(isStep) };
}

const isStep = (step: AnyStep): step is Step =>
  step.after === undefined || step.after.every((id) => typeof id === 'string');

import { durationSeconds } from '#shared/domain/duration.ts';
import { derivationOf, type Flag } from '#shared/domain/flags.ts';
import { LAMBDA_RETRY, RETRY, RETRY_SEND } from '#shared/tasks/retry.ts';
import { leavesAnEffect } from '#shared/tasks/task.ts';
import { basesOf, flagsSetBy, rejectionsOf } from '../language/flags.ts';
import { type Flow, type Reminder, type Step, titleOf } from '../language/flow.ts';
import { arrange, type Node, type Sequence, stepsOf } from '../language/graph.ts';
import {
  ATTEMPTS,
  CALLBACK,
  type Definition,
  jsonata,
  LAMBDA,
  LAMBDA_CALLBACK,
  ONE_YEAR_SECONDS,
  ORDER,
  QUEUE_CALLBACK,
  RETRY_COUNT,
  STATE_NAME_LIMIT,
  type State,
  SUBORDER,
  THROWN,
} from './definition.ts';
import { FLAG_ORIGINS } from './flag-origins.ts';
import { pauseBefore } from './pause.ts';
import type { Resources } from './resources.ts';
import { retrier } from './retrier.ts';
import { CANCEL, undoStates } from './undo.ts';

/** How long a gate may stay closed before a person looks: the longest build of an access line and some more. */
const GATE_TIME_LIMIT = 'P180D';
/** How long a failed step may wait for a person before it is put on the desk again. */
const REPAIR_TIME_LIMIT = 'P30D';

const PREPARE_UNDO = 'Prepare undo';
/** Where `Resume` goes when nothing more is to be done. */
const END = 'end';
const END_EARLY = 'End early';
/** How much longer a state waits than the deadline that ends the wait: the wait itself is over first. */
const SLACK_SECONDS = 24 * 3600;

/** States by name, in the order in which they were written. */
type States = Record<string, State>;
/** How a state goes on: to the named state, or the sequence ends. */
type Onward = { Next: string } | { End: true };

/**
 * Compiles a flow to an Amazon States Language definition in JSONata.
 *
 * On the happy path each step is one state, and each gate one more; what happens when a step fails (`Repair`,
 * `Resume`, the undo states) is shared by all steps of the flow, or of a parallel branch, since a branch's
 * states cannot go to states outside it.
 */
export function compileFlow(flow: Flow, resources: Resources): Definition {
  const compiler = new Compiler(flow, resources);
  return compiler.definition();
}

/** Where the steps of a sequence go when they fail, and how that goes on from there. */
interface Scope {
  readonly repair: string;
  readonly pause: string;
  readonly resume: string;
  /** Where a cancelled suborder leaves the scope. */
  readonly cancelled: string;
  /** Where a branch ends that may be over before its last step; the flow itself always ends with a step. */
  readonly over?: string;
  /** How many parallel parts it is inside of: a branch may not assign a variable of the states around it. */
  readonly depth: number;
}

/** Variable of a scope: the flow's own has the plain name, a branch's one with its depth behind it. */
const variable = (name: 'failure' | 'resumeAt', { depth }: Scope): string => `${name}${depth || ''}`;

class Compiler {
  readonly #flow: Flow;
  readonly #resources: Resources;
  /** Flags that a step can set and a condition asks for, so that conditions read a variable beside the input. */
  readonly #dynamicFlags: ReadonlySet<Flag>;
  readonly #names = new Set<string>();

  constructor(flow: Flow, resources: Resources) {
    this.#flow = flow;
    this.#resources = resources;
    this.#dynamicFlags = new Set(flow.steps.flatMap(flagsSetBy).filter((flag) => this.#branchesOn(flag)));
  }

  definition(): Definition {
    const sequence = arrange(this.#flow);
    this.#assertFlagsAreKept(sequence);
    const states = this.#scope(
      sequence,
      { repair: 'Repair', pause: 'Pause', resume: 'Resume', cancelled: PREPARE_UNDO, depth: 0 },
      { End: true },
    );
    const [start] = Object.keys(states);
    if (!start) throw new Error(`${this.#flow.id} has no steps`);
    return {
      Comment: `${this.#flow.id}: ${this.#flow.title}. Usually takes ${this.#flow.expected}; may take a year.`,
      QueryLanguage: 'JSONata',
      TimeoutSeconds: ONE_YEAR_SECONDS,
      StartAt: start,
      States: {
        ...states,
        ...(endsEarly(this.#flow) && this.#endEarly()),
        ...undoStates(this.#flow, this.#resources, PREPARE_UNDO, 'Repair'),
      },
    };
  }

  #endEarly(): States {
    return {
      [END_EARLY]: {
        Type: 'Task',
        Comment: 'Milepost: nothing more is to be done; the suborder is complete.',
        Resource: LAMBDA,
        Arguments: {
          FunctionName: this.#resources.closeFunction,
          Payload: { order: ORDER, suborder: SUBORDER, early: true },
        },
        Output: {},
        TimeoutSeconds: 60,
        Retry: RETRY.standard.map(retrier),
        Catch: [
          {
            ErrorEquals: ['States.ALL'],
            Assign: { failure: { step: END, task: 'order.end', ...THROWN } },
            Output: {},
            Next: 'Repair',
          },
        ],
        End: true,
      },
    };
  }

  /** The states of a sequence and the repair states that they share. */
  #scope(sequence: Sequence, scope: Scope, onward: Onward): States {
    const states: States = {};
    this.#sequence(sequence, scope, onward, states);
    return { ...states, ...this.#repairStates(scope, resumePoints(sequence)) };
  }

  /** States of the same name would replace each other without a word. */
  #add(states: States, name: string, state: State): void {
    if (this.#names.has(name)) throw new Error(`${this.#flow.id}: there is more than one state "${name}"`);
    if (name.length > STATE_NAME_LIMIT)
      throw new Error(`${this.#flow.id}: more than ${STATE_NAME_LIMIT} characters: "${name}"`);
    this.#names.add(name);
    states[name] = state;
  }

  /** A variable that a branch assigns is not seen outside it. */
  #assertFlagsAreKept(sequence: Sequence, inBranch = false): void {
    for (const node of sequence) {
      if (node.kind === 'parallel')
        for (const branch of node.branches) this.#assertFlagsAreKept(branch, true);
      else if (node.kind === 'choice') this.#assertFlagsAreKept([...node.yes, ...node.no], inBranch);
      else if (inBranch && flagsSetBy(node.step).some((flag) => this.#branchesOn(flag)))
        throw new Error(
          `${this.#flow.id}: ${node.step.id} sets a flag inside a parallel part, where the flow cannot keep it`,
        );
    }
  }

  #branchesOn(flag: Flag): boolean {
    return this.#flow.steps.some(({ when }) => when && basesOf(when.flag).includes(flag));
  }

  /** Writes the states of a sequence; returns the name of its first state, or undefined when it is empty. */
  #sequence(sequence: Sequence, scope: Scope, onward: Onward, states: States): string | undefined {
    sequence.forEach((node, index) => {
      const next = sequence[index + 1];
      this.#node(node, scope, next ? { Next: entryName(next) } : onward, states);
    });
    return sequence[0] && entryName(sequence[0]);
  }

  #node(node: Node, scope: Scope, onward: Onward, states: States): void {
    if (node.kind === 'step') this.#step(node.step, scope, onward, states);
    else if (node.kind === 'choice') this.#choice(node, scope, onward, states);
    else this.#parallel(node, scope, onward, states);
  }

  #step(step: Step, scope: Scope, onward: Onward, states: States): void {
    if (step.gates.length > 0)
      this.#add(states, gateName(step), this.#gate(step, scope, { Next: step.title }));
    this.#add(states, step.title, this.#task(step, scope, onward));
  }

  #task(step: Step, scope: Scope, onward: Onward): State {
    const { task } = step;
    const data = {
      order: ORDER,
      suborder: SUBORDER,
      step: step.id,
      task: task.name,
      ...completion(step),
      ...(Object.keys(step.with).length > 0 && { with: step.with }),
    };
    const limit = step.within ?? task.timeLimit;
    const waiting = {
      ...(step.announces && { announces: step.announces }),
      ...(step.reminders.length > 0 && { reminders: step.reminders.map(reminder) }),
    };
    const failure = this.#catch(step.id, step, scope);
    switch (task.kind) {
      case 'system':
        return {
          Type: 'Task',
          Comment: `${task.system === 'milepost' ? 'Milepost' : `System ${task.system}`}: ${task.name}. Usually takes ${task.expected}.`,
          Resource: LAMBDA,
          Arguments: {
            FunctionName: this.#resources.taskFunction(task.name),
            Payload: {
              ...data,
              ...(step.takesBack && { takesBack: step.takesBack }),
              ...((step.takesBack || leavesAnEffect(task)) && RETRY_COUNT),
            },
          },
          ...this.#assignFlags(step),
          Output: jsonata('$states.result.Payload'),
          TimeoutSeconds: durationSeconds(task.timeLimit),
          Retry: RETRY[task.retry].map(retrier),
          Catch: failure,
          ...onward,
        };
      case 'manual': {
        const desk = step.desk ?? task.desk;
        return {
          Type: 'Task',
          Comment: `Desk ${desk}: ${task.name}. Usually takes ${task.expected}.`,
          Resource: QUEUE_CALLBACK,
          Arguments: {
            QueueUrl: this.#resources.deskQueue(desk),
            MessageBody: {
              ...CALLBACK,
              ...data,
              ...waiting,
              kind: 'manual',
              desk,
              title: step.title,
              timeLimitSeconds: durationSeconds(limit),
            },
          },
          ...this.#assignFlags(step),
          TimeoutSeconds: durationSeconds(limit),
          Retry: [retrier(RETRY_SEND)],
          Catch: failure,
          ...onward,
        };
      }
      case 'event':
      case 'timer':
        return {
          ...this.#parked(
            { ...data, ...waiting, kind: task.kind, reason: step.title },
            limit,
            task.kind === 'event' && task.onDeadline !== undefined ? SLACK_SECONDS : 0,
          ),
          Comment:
            task.kind === 'event'
              ? `Event from outside: ${task.name}. Usually takes ${task.expected}.`
              : `Timer: ${task.name}. Can be moved while it waits.`,
          ...this.#assignFlags(step),
          Catch: failure,
          ...onward,
        };
    }
  }

  #gate(step: Step, scope: Scope, onward: Onward): State {
    const reasons = step.gates.map(({ id, why }) => `${id}, ${why}`).join('; ');
    return {
      ...this.#parked(
        {
          order: ORDER,
          suborder: SUBORDER,
          step: step.id,
          task: step.task.name,
          kind: 'gate',
          reason: gateName(step),
        },
        GATE_TIME_LIMIT,
      ),
      Comment: `Gate before "${step.title}": ${reasons}.`,
      Catch: this.#catch(gateId(step), step, scope),
      ...onward,
    };
  }

  /** A state that hands its token to the function that parks it. */
  #parked(payload: Record<string, unknown>, limit: Parameters<typeof durationSeconds>[0], slack = 0) {
    return {
      Type: 'Task' as const,
      Resource: LAMBDA_CALLBACK,
      Arguments: {
        FunctionName: this.#resources.parkFunction,
        Payload: { ...CALLBACK, ...payload, timeLimitSeconds: durationSeconds(limit) },
      },
      TimeoutSeconds: durationSeconds(limit) + slack,
      Retry: [retrier(LAMBDA_RETRY)],
    };
  }

  #choice(node: Node & { kind: 'choice' }, scope: Scope, onward: Onward, states: States): void {
    // A choice cannot end an execution: validateFlow refuses a flow whose last step is conditional.
    const after = 'Next' in onward ? onward.Next : scope.over;
    const { name, flag } = node;
    const yes = node.yes[0] ? entryName(node.yes[0]) : after;
    const no = node.no[0] ? entryName(node.no[0]) : after;
    if (!yes || !no) throw new Error(`${this.#flow.id}: nothing comes after "${name}"`);
    this.#add(states, name, {
      Type: 'Choice',
      Comment: `Decided by ${flag}, ${FLAG_ORIGINS[flag]}.`,
      Choices: [{ Condition: jsonata(this.#asks(flag)), Next: yes }],
      Default: no,
    });
    this.#sequence(node.yes, scope, onward, states);
    this.#sequence(node.no, scope, onward, states);
  }

  /** Whether a flag holds, as an expression. */
  #asks(flag: Flag): string {
    const { of, terms } = derivationOf(flag);
    const dynamic = terms.some((term) => this.#dynamicFlags.has(term.flag));
    const value = dynamic ? `$merge([${INPUT_FLAGS}, $flags])` : INPUT_FLAGS;
    return terms
      .map((term) => `${value}.${term.flag} ${term.is ? '=' : '!='} true`)
      .join(of === 'all' ? ' and ' : ' or ');
  }

  #parallel(node: Node & { kind: 'parallel' }, scope: Scope, onward: Onward, states: States): void {
    this.#add(states, entryName(node), {
      Type: 'Parallel',
      Comment: 'These run side by side; the flow goes on when all are done.',
      Branches: node.branches.map((branch) => {
        const first = branch[0] ? entryName(branch[0]) : '';
        const over = `Done (${first})`;
        const inner: Scope = {
          repair: `Repair (${first})`,
          pause: `Pause (${first})`,
          resume: `Resume (${first})`,
          cancelled: `Cancelled (${first})`,
          over,
          depth: scope.depth + 1,
        };
        return {
          StartAt: first,
          States: {
            ...this.#scope(branch, inner, { End: true }),
            [inner.cancelled]: this.#leaveBranch(inner),
            ...(branch.at(-1)?.kind === 'choice' && {
              [over]: {
                Type: 'Succeed',
                Comment: 'Nothing more is needed here; the flow goes on when the others are done too.',
                Output: {},
              },
            }),
          },
        };
      }),
      Output: {},
      Catch: this.#catch(firstStep(node).id, firstStep(node), scope),
      ...onward,
    });
  }

  /**
   * The branches of a cancelled suborder end one by one: what runs in another branch at that moment comes to its end, so
   * that it is known and undone; the step after them finds that the suborder is being cancelled.
   */
  #leaveBranch({ repair }: Scope): State {
    return {
      Type: 'Task',
      Comment: 'Milepost: the suborder is cancelled; its other branches leave what they wait for.',
      Resource: LAMBDA,
      Arguments: {
        FunctionName: this.#resources.prepareUndoFunction,
        Payload: { order: ORDER, suborder: SUBORDER },
      },
      Output: {},
      TimeoutSeconds: 60,
      Retry: [retrier(LAMBDA_RETRY)],
      Catch: [{ ErrorEquals: ['States.ALL'], Output: {}, Next: repair }],
      End: true,
    };
  }

  /** Hands whatever failed to the scope's repair state; business rejections come here at once, technical errors when their retries are used up. */
  #catch(failed: string, step: Step, scope: Scope) {
    return [
      {
        ErrorEquals: ['States.ALL'],
        Assign: {
          [variable('failure', scope)]: {
            step: failed,
            task: step.task.name,
            ...completion(step),
            ...(step.desk && { desk: step.desk }),
            ...(Object.keys(step.onReject).length > 0 && { onReject: step.onReject }),
            ...THROWN,
            // Only what a system does is tried more than once.
            ...(step.task.kind === 'system' && failed === step.id && ATTEMPTS),
          },
        },
        Output: {},
        Next: scope.repair,
      },
    ];
  }

  /** The two states that every failed step goes through: a person or a rule decides, then the flow goes on from there. */
  #repairStates(scope: Scope, points: readonly ResumePoint[]): States {
    const resumeAt = variable('resumeAt', scope);
    return {
      [scope.repair]: {
        Type: 'Task',
        Comment: 'A step failed: the rule of its task decides, or a person at its desk.',
        Resource: QUEUE_CALLBACK,
        Arguments: {
          QueueUrl: this.#resources.repairQueue,
          MessageBody: {
            ...CALLBACK,
            order: ORDER,
            suborder: SUBORDER,
            failure: jsonata(`$${variable('failure', scope)}`),
            timeLimitSeconds: durationSeconds(REPAIR_TIME_LIMIT),
          },
        },
        Assign: {
          [resumeAt]: jsonata('$states.result.resumeAt'),
          ...(this.#dynamicFlags.size > 0 && scope.depth === 0 && flagsWith('$states.result.flags')),
        },
        Output: {},
        TimeoutSeconds: durationSeconds(REPAIR_TIME_LIMIT),
        Retry: [retrier(RETRY_SEND)],
        Catch: [{ ErrorEquals: ['States.ALL'], Output: {}, Next: scope.pause }],
        Next: scope.resume,
      },
      [scope.pause]: pauseBefore(scope.repair),
      [scope.resume]: {
        Type: 'Choice',
        Comment:
          'Goes back to the step that failed, or to an earlier one; a step that is done by now passes at once.',
        Choices: [
          ...points.map(({ ids, state }) => ({
            Condition: jsonata(isOneOf(`$${resumeAt}`, ids)),
            Next: state,
          })),
          { Condition: jsonata(`$${resumeAt} = '${CANCEL}'`), Next: scope.cancelled },
          ...(scope.depth === 0 && endsEarly(this.#flow)
            ? [{ Condition: jsonata(`$${resumeAt} = '${END}'`), Next: END_EARLY }]
            : []),
        ],
        Default: scope.repair,
      },
    };
  }

  /** Keeps flags that a step's result sets in a variable. */
  #assignFlags(step: Step): { Assign?: Record<string, string> } {
    if (!flagsSetBy(step).some((flag) => this.#branchesOn(flag))) return {};
    const result = step.task.kind === 'system' ? '$states.result.Payload.flags' : '$states.result.flags';
    return { Assign: flagsWith(result) };
  }
}

/** Whether something can end the flow before its last step. */
export const endsEarly = (flow: Flow): boolean =>
  flow.steps.some((step) => Object.values(rejectionsOf(step)).some(({ action }) => action === 'end-flow'));

const reminder = (what: Reminder) =>
  'after' in what
    ? { tells: what.tells, seconds: durationSeconds(what.after) }
    : { tells: what.tells, seconds: durationSeconds(what.by), before: what.before };

const INPUT_FLAGS = '$states.context.Execution.Input.flags';

/** The flags of the input, those set since, and those of a result: the latest counts. */
const flagsWith = (result: string) => ({ flags: jsonata(`$merge([${INPUT_FLAGS}, $flags, ${result}])`) });

/** What a step does for others when it completes. */
const completion = ({ reaches, tells }: Step) => ({ ...(reaches && { reaches }), ...(tells && { tells }) });

interface ResumePoint {
  readonly ids: readonly string[];
  readonly state: string;
}

/** The steps of a sequence that its `Resume` can go to; a parallel part is entered as a whole, and passes what is done. */
function resumePoints(sequence: Sequence): ResumePoint[] {
  return sequence.flatMap((node) => {
    if (node.kind === 'choice') return [...resumePoints(node.yes), ...resumePoints(node.no)];
    if (node.kind === 'parallel')
      return [{ ids: stepsOf([node]).map(({ id }) => id), state: entryName(node) }];
    const { step } = node;
    const gate = step.gates.length > 0 ? [{ ids: [gateId(step)], state: gateName(step) }] : [];
    return [...gate, { ids: [step.id], state: step.title }];
  });
}

const isOneOf = (value: string, ids: readonly string[]): string =>
  ids.length === 1 ? `${value} = '${ids[0]}'` : `${value} in [${ids.map((id) => `'${id}'`).join(', ')}]`;

/** Name by which a failed gate is known in repair. */
export const gateId = (step: Step): string => `${step.id}.gate`;

/** Name of the state that waits before a step. */
export const gateName = ({ gates }: Step): string => titleOf(gates);

function entryName(node: Node): string {
  if (node.kind === 'step') return node.step.gates.length > 0 ? gateName(node.step) : node.step.title;
  if (node.kind === 'choice') return node.name;
  return `Side by side: ${node.branches.map((branch) => firstStepOf(branch).title).join(', ')}`;
}

const firstStep = (node: Node & { kind: 'parallel' }): Step => firstStepOf(node.branches[0] ?? []);

function firstStepOf(sequence: Sequence): Step {
  const [node] = sequence;
  if (node?.kind === 'step') return node.step;
  if (node?.kind === 'parallel') return firstStep(node);
  if (node?.kind === 'choice') return firstStepOf(node.yes.length > 0 ? node.yes : node.no);
  throw new Error('An empty sequence has no first step');
}

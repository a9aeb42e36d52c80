import { compensationOf } from '#shared/tasks/registry.ts';
import { RETRY, RETRY_SEND } from '#shared/tasks/retry.ts';
import type { Compensation, ManualTask, UndoTask } from '#shared/tasks/task.ts';
import type { Flow } from '../language/flow.ts';
import {
  ATTEMPTS,
  CALLBACK,
  jsonata,
  LAMBDA,
  ORDER,
  QUEUE_CALLBACK,
  type State,
  SUBORDER,
  THROWN,
} from './definition.ts';
import { pauseBefore } from './pause.ts';
import type { Resources } from './resources.ts';
import { retrier } from './retrier.ts';

const CLOSE = 'End as cancelled';
/** Where `Resume` goes to cancel, again if need be: what is undone already is left out. */
export const CANCEL = 'cancel';
const BY_SYSTEM = 'Undo by system';
const LIMIT_SECONDS = 30 * 24 * 3600;

/** The compensations that a flow's steps can need. */
export const undoTasksOf = (flow: Flow): readonly Compensation[] => [
  ...new Map(
    flow.steps.flatMap(({ task }) => {
      const undo = compensationOf(task);
      return undo ? [[undo.name, undo] as const] : [];
    }),
  ).values(),
];

/**
 * The states that a cancelled suborder goes through: its completed steps are undone one at a time in the order
 * that `Prepare undo` gives (the reverse of that of their completion), each by its system or by a desk; then it ends.
 */
export function undoStates(
  flow: Flow,
  resources: Resources,
  entry: string,
  repair: string,
): Record<string, State> {
  const tasks = undoTasksOf(flow);
  const bySystem = tasks.filter(({ kind }) => kind === 'system');
  const byHand = tasks.filter(isByHand);
  const failure = {
    ErrorEquals: ['States.ALL'],
    Assign: {
      failure: {
        step: CANCEL,
        task: 'order.cancel',
        ...THROWN,
      },
    },
    Output: {},
    Next: repair,
  };
  const end: State = {
    Type: 'Task',
    Comment: 'Milepost: the suborder ends as cancelled, and its dependents are told.',
    Resource: LAMBDA,
    Arguments: { FunctionName: resources.closeFunction, Payload: { order: ORDER, suborder: SUBORDER } },
    Output: {},
    TimeoutSeconds: 60,
    Retry: RETRY.standard.map(retrier),
    Catch: [{ ErrorEquals: ['UndoIncomplete'], Output: {}, Next: entry }, failure],
    End: true,
  };
  const prepare: State = {
    Type: 'Task',
    Comment: 'Milepost: no new step starts; lists the completed steps in the reverse of their order.',
    Resource: LAMBDA,
    Arguments: { FunctionName: resources.prepareUndoFunction, Payload: { order: ORDER, suborder: SUBORDER } },
    Assign: {
      undoFunctions: Object.fromEntries(bySystem.map(({ name }) => [name, resources.taskFunction(name)])),
    },
    Output: jsonata('$states.result.Payload'),
    TimeoutSeconds: 60,
    Retry: RETRY.standard.map(retrier),
    Catch: [failure],
    Next: tasks.length > 0 ? 'Undo each step' : CLOSE,
  };
  if (tasks.length === 0) return { [entry]: prepare, [CLOSE]: end };
  return {
    [entry]: prepare,
    'Undo each step': {
      Type: 'Map',
      Comment: 'One after the other, the latest first.',
      Items: jsonata('$states.input.steps'),
      MaxConcurrency: 1,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        ...processor(byHand, resources),
      },
      Output: {},
      Catch: [failure],
      Next: CLOSE,
    },
    [CLOSE]: end,
  };
}

type ByHand = ManualTask | (UndoTask & { readonly kind: 'manual' });

const isByHand = (task: Compensation): task is ByHand => task.kind === 'manual';

/** Undoes one step; what cannot be undone goes to a desk and is tried again from there. */
function processor(byHand: readonly ByHand[], resources: Resources) {
  const which = byHand.length > 0 ? 'Which undo?' : BY_SYSTEM;
  const repair = 'Repair the undo';
  const pause = 'Pause the undo';
  const failure = [
    {
      ErrorEquals: ['States.ALL'],
      Assign: {
        undoFailure: {
          step: jsonata('$states.input.step'),
          task: jsonata('$states.input.task'),
          ...THROWN,
          ...ATTEMPTS,
        },
      },
      Output: jsonata('$states.input'),
      Next: repair,
    },
  ];
  const data = {
    order: ORDER,
    suborder: SUBORDER,
    step: jsonata('$states.input.step'),
    task: jsonata('$states.input.task'),
    with: jsonata('$states.input.with'),
  };
  const states: Record<string, State> = {};
  if (byHand.length > 0)
    states[which] = {
      Type: 'Choice',
      Comment: 'By the system that did it, or by a desk.',
      Choices: byHand.map((task) => ({
        Condition: jsonata(`$states.input.task = '${task.name}'`),
        Next: task.title,
      })),
      Default: BY_SYSTEM,
    };
  states[BY_SYSTEM] = {
    Type: 'Task',
    Comment: 'The compensation of the task that did the step.',
    Resource: LAMBDA,
    Arguments: {
      FunctionName: jsonata('$lookup($undoFunctions, $states.input.task)'),
      Payload: { ...data, undo: true },
    },
    Output: {},
    TimeoutSeconds: 60,
    Retry: RETRY.standard.map(retrier),
    Catch: failure,
    End: true,
  };
  for (const task of byHand)
    states[task.title] = {
      Type: 'Task',
      Comment: `Desk ${task.desk}: ${task.name}.`,
      Resource: QUEUE_CALLBACK,
      Arguments: {
        QueueUrl: resources.deskQueue(task.desk),
        MessageBody: {
          ...CALLBACK,
          ...data,
          kind: 'undo',
          desk: task.desk,
          title: task.title,
          timeLimitSeconds: LIMIT_SECONDS,
        },
      },
      Output: {},
      TimeoutSeconds: LIMIT_SECONDS,
      Retry: [retrier(RETRY_SEND)],
      Catch: failure,
      End: true,
    };
  states[repair] = {
    Type: 'Task',
    Comment: 'An undo failed: a person at its desk decides.',
    Resource: QUEUE_CALLBACK,
    Arguments: {
      QueueUrl: resources.repairQueue,
      MessageBody: {
        ...CALLBACK,
        order: ORDER,
        suborder: SUBORDER,
        failure: jsonata('$undoFailure'),
        undo: jsonata('$states.input.task'),
        timeLimitSeconds: LIMIT_SECONDS,
      },
    },
    Output: jsonata('$states.input'),
    TimeoutSeconds: LIMIT_SECONDS,
    Retry: [retrier(RETRY_SEND)],
    Catch: [{ ErrorEquals: ['States.ALL'], Output: jsonata('$states.input'), Next: pause }],
    Next: which,
  };
  states[pause] = pauseBefore(repair);
  return { StartAt: which, States: states };
}

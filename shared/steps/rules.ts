import type { Desk } from '#shared/domain/desks.ts';
import type { MessageTemplate } from '#shared/domain/messages.ts';
import { ON_HOLD } from '#shared/holds/holds.ts';
import { ALL_UNDO_TASKS, taskNamed } from '#shared/tasks/registry.ts';
import { LEAVES_OPEN } from '#shared/tasks/retry.ts';
import {
  askCustomer,
  cancelItem,
  fallout,
  leavesAnEffect,
  type RejectionRule,
  type Rejections,
  type Task,
} from '#shared/tasks/task.ts';

/** A step that failed, as its state machine reports it. */
export interface Failure {
  readonly task: string;
  readonly error: string;
  /** The compensation that failed, when it was the undo of a step. */
  readonly undo?: string | undefined;
  /** What the flow says about rejections of this step, and the desk that it gives it to. */
  readonly onReject?: Rejections | undefined;
  readonly desk?: Desk | undefined;
  /** How often it was tried. */
  readonly attempts?: number | undefined;
}

/** Errors that the product itself raises, whatever the task. */
const OWN_RULES: Readonly<Record<string, RejectionRule>> = {
  SuborderEnding: cancelItem(),
  DependencyCancelled: cancelItem(),
  InputIncomplete: fallout('ORDER_DESK'),
};

/** What happens after a failure: the task's rule for a business rejection, else a work item on the task's desk. */
export function ruleFor({ task, error, undo, onReject, desk }: Failure): RejectionRule {
  if (undo) return fallout(undoDesk(undo));
  const declared = taskNamed(task);
  return (
    onReject?.[error] ??
    declared?.rejections[error] ??
    OWN_RULES[error] ??
    fallout(desk ?? (declared ? falloutDesk(declared) : 'SUPERVISOR'))
  );
}

/**
 * Whether an underlying system may have done a step that failed, and keeps it: it has not said no, but no answer came.
 * @param takesBack the step takes the effect of an earlier one back
 */
export function isUnanswered(failure: Failure, takesBack: boolean): boolean {
  const task = taskNamed(failure.task);
  if (task?.kind !== 'system') return false;
  const { error, attempts = 1 } = failure;
  // What may not begin was not done, unless it had begun before.
  const begunBefore = error === ON_HOLD.error && attempts > 1;
  if (!LEAVES_OPEN.has(error) && !begunBefore) return false;
  return takesBack || leavesAnEffect(task);
}

function undoDesk(name: string): Desk {
  const declared = taskNamed(name);
  if (declared) return falloutDesk(declared);
  return ALL_UNDO_TASKS.find((undo) => undo.name === name)?.desk ?? 'SUPERVISOR';
}

const falloutDesk = (task: Task): Desk => (task.kind === 'manual' ? task.desk : task.falloutDesk);

/** Who sees to a failure by hand. */
interface ByHand {
  readonly desk: Desk;
  /** The earlier step that is put right and runs again. */
  readonly from: string | undefined;
  readonly tells: MessageTemplate | undefined;
}

/** The desk that sees to a rule which needs a person, and what the customer is told. */
export function deskOf(rule: RejectionRule): ByHand | undefined {
  if (rule.action === 'fallout') return { desk: rule.desk, from: rule.from, tells: rule.tells };
  if (rule.action === askCustomer().action)
    return { desk: 'CUSTOMER_CARE', from: rule.from, tells: rule.tells ?? 'ACTION_REQUIRED' };
  return undefined;
}

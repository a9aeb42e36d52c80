import { listHeld } from '#shared/holds/held-waits.ts';
import { type Held, holdsOn, opensLater, SUSPENDED } from '#shared/holds/holds.ts';
import { readSwitches } from '#shared/holds/switches.ts';
import { openGate, waitId } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { isEnding } from '#shared/steps/ending.ts';
import { writeTogether } from '#shared/steps/transaction.ts';
import { attemptKey, parkWait } from '#shared/steps/waits.ts';
import type { Suborder } from '#shared/store/records.ts';
import { getStep, getSuborder } from '#shared/store/suborders.ts';
import { ALL_UNDO_TASKS, taskNamed } from '#shared/tasks/registry.ts';
import { heldHistory } from '#shared/work-items/history.ts';
import { failedStep, type RepairMessage } from './message.ts';

/**
 * Parks a step that may not begin now, until its order is resumed, each switch that keeps it is off, and its hours have
 * come. It did not fail: nothing is counted, and nobody has to repair it. Who resumes and switches off does so first and
 * looks for waits then; here it is the other way round, so that no wait stays behind.
 */
export async function holdStep(deps: Dependencies, message: RepairMessage): Promise<void> {
  const { order, suborder, failure, undo, attempt, taskToken, timeLimitSeconds } = message;
  const step = failedStep(message);
  const [row, record] = await Promise.all([
    getSuborder(deps, order, suborder),
    getStep(deps, order, suborder, step),
  ]);
  // What is asked for once more, to be undone, is waited for as its undo would be.
  const kind = undo || (isEnding(row) && record?.unanswered) ? 'undo' : 'hold';
  const wait = waitId(suborder, step, kind);
  const holds = await holdsNow(deps, message, row);
  const opens = undo ? undefined : opensAt(failure.task, deps.now());
  const reasons = [...holds, ...(opens ? [`until ${opens}`] : [])];
  await parkWait(deps, {
    order,
    suborder,
    step,
    task: failure.task,
    kind,
    token: taskToken,
    attempt: attemptKey(attempt),
    reason: `On hold: ${reasons.join(', ')}`,
    dueAt: new Date(Date.parse(attempt.enteredAt) + timeLimitSeconds * 1000).toISOString(),
    pending: holds,
    notBefore: opens,
    outcome: { result: undo ? {} : { resumeAt: failure.step, flags: {} } },
    extra: [
      ...holds.filter((hold) => hold !== SUSPENDED).map((id) => listHeld(id, order, wait)),
      heldHistory({ order, suborder, step, task: failure.task, attempt }, reasons),
    ],
  });
  const still = await holdsNow(deps, message, await getSuborder(deps, order, suborder));
  for (const hold of holds)
    if (!still.includes(hold)) await writeTogether(deps, [openGate(order, wait, hold)]);
}

async function holdsNow(
  deps: Dependencies,
  { failure, undo }: RepairMessage,
  row: Suborder,
): Promise<readonly string[]> {
  const switches = await readSwitches(deps);
  return undo ? holdsOn({}, switches, heldTask(undo)) : holdsOn(row, switches, heldTask(failure.task));
}

function opensAt(name: string, now: Date): string | undefined {
  const task = taskNamed(name);
  return task?.kind === 'system' ? opensLater(task, now)?.toISOString() : undefined;
}

function heldTask(name: string): Held {
  const task = taskNamed(name) ?? ALL_UNDO_TASKS.find((undo) => undo.name === name);
  return { name, system: task && 'system' in task ? task.system : undefined };
}

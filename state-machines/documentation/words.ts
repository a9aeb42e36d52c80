import { DESKS } from '#shared/domain/desks.ts';
import { durationSeconds, type IsoDuration } from '#shared/domain/duration.ts';
import { compensationOf } from '#shared/tasks/registry.ts';
import type { RejectionRule, Task } from '#shared/tasks/task.ts';
import type { Gate, Step } from '../language/flow.ts';

const UNITS = [
  ['day', 24 * 3600],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A duration as people say it: `5 days`, `1 hour 30 minutes`. */
export function inWords(duration: IsoDuration): string {
  let rest = durationSeconds(duration);
  return UNITS.flatMap(([unit, length]) => {
    const count = Math.floor(rest / length);
    rest -= count * length;
    return count === 0 ? [] : [`${count} ${unit}${count === 1 ? '' : 's'}`];
  }).join(' ');
}

/** Who does a step. */
export function doneBy({ task, desk }: Step): string {
  switch (task.kind) {
    case 'system':
      return task.system === 'milepost' ? 'Milepost itself' : `system ${task.system}`;
    case 'manual':
      return `desk ${DESKS[desk ?? task.desk].name}`;
    case 'event':
      return task.completedBy === undefined
        ? `no \`${task.topic}\` event before the deadline`
        : `event \`${task.topic}.${task.completedBy}\``;
    case 'timer':
      return 'the calendar';
  }
}

/** What a gate waits for. */
export function waitsFor(gate: Gate): string {
  const milestones = gate.milestones.join(gate.match === 'all' ? ' and ' : ' or ');
  const flows = gate.flows
    .map((pattern) => (pattern === '*' ? 'every suborder' : `\`${pattern}\``))
    .join(', ');
  const shift =
    gate.workingDaysBefore === undefined ? '' : `, ${gate.workingDaysBefore} working days before its date`;
  return `${milestones} of ${flows}${shift}`;
}

/** What takes a step's effect back. */
export function undoneBy(task: Task): string {
  if (task.undo === 'irreversible') return 'cannot be undone';
  const undo = compensationOf(task);
  if (!undo) return '';
  return undo.kind === 'manual' ? `${undo.title} (desk ${DESKS[undo.desk].name})` : undo.title;
}

/** What a step does to a cancel that comes later. */
export const noReturn = ({ noReturn: point }: Step): string =>
  point ? `${point.type}, ${point.at === 'start' ? 'from its start' : 'once it is done'}` : '';

/** What happens after a rejection. */
export function consequence(rule: RejectionRule): string {
  const told = rule.tells ? `; the customer is told ${rule.tells}` : '';
  switch (rule.action) {
    case 'fallout':
      return `goes to the desk ${DESKS[rule.desk].name}${rule.from ? `, to have \`${rule.from}\` put right and done again` : ''}${told}`;
    case 'ask-customer':
      return `the customer is asked${rule.tells ? ` (${rule.tells})` : ''}, then ${rule.from ? `\`${rule.from}\`` : 'the step'} runs again`;
    case 'rerun-from':
      return `the flow goes back to \`${rule.step}\`${rule.flag ? `, with \`${rule.flag}\` set` : ''}${told}`;
    case 'continue-with-flag':
      return `the flow goes on, with \`${rule.flag}\` set${rule.misses ? ', and without the milestone' : ''}${told}`;
    case 'cancel-item':
      return `the item is cancelled, and what was done is undone${told}`;
    case 'fail-item':
      return `the item has failed, and what was done is undone${told}`;
    case 'end-flow':
      return `the suborder is complete (${rule.outcome})${told}`;
  }
}

import { FLOWS } from '#state-machines/catalogue.ts';
import type { Step } from '#state-machines/language/flow.ts';
import type { Opens, OrderPlan, PlannedSuborder } from '#state-machines/planning/plan.ts';

/**
 * Carries a plan out by its records alone, one step at a time, in the order that `pick` chooses: what the pipeline
 * does with waits, entries and milestones, written down as simply as possible. Returns the steps done, and what
 * never got its turn.
 */
export function runPlan(plan: OrderPlan, pick: (count: number) => number = () => 0) {
  const pending = new Map<string, Set<string>>();
  const suborders = [plan.management, ...plan.suborders].map((planned) => new Running(planned));
  for (const { planned } of suborders)
    for (const { wait, pending: entries } of planned.waits) pending.set(wait, new Set(entries));

  const open = (opens: Opens, milestone: keyof Opens) => {
    for (const { wait, entry } of opens[milestone] ?? []) pending.get(wait)?.delete(entry);
  };
  for (const { opens } of plan.incomplete) {
    open(opens, 'COMPLETE');
    open(opens, 'ENDED');
  }
  const isOpen = (wait: string) => (pending.get(wait)?.size ?? 0) === 0;
  const done: string[] = [];
  for (;;) {
    const ready = suborders.flatMap((suborder) => suborder.ready(isOpen).map((step) => ({ suborder, step })));
    const next = ready[pick(ready.length) % Math.max(ready.length, 1)];
    if (!next) break;
    const { suborder, step } = next;
    suborder.done.add(step.id);
    if (suborder.runs(step)) {
      done.push(`${suborder.planned.suborder}#${step.id}`);
      if (step.reaches) open(suborder.planned.opens, step.reaches);
    }
    if (suborder.left().length === 0) open(suborder.planned.opens, 'ENDED');
  }
  return {
    done,
    left: suborders.flatMap((suborder) => suborder.left().map((id) => `${suborder.planned.suborder}#${id}`)),
  };
}

class Running {
  readonly planned: PlannedSuborder;
  readonly steps: readonly Step[];
  readonly done = new Set<string>();

  constructor(planned: PlannedSuborder) {
    this.planned = planned;
    this.steps = FLOWS.find(({ id }) => id === planned.flow)?.steps ?? [];
  }

  left(): string[] {
    return this.steps.map(({ id }) => id).filter((id) => !this.done.has(id));
  }

  runs({ when }: Step): boolean {
    return !when || (this.planned.flags[when.flag] ?? false) === when.is;
  }

  ready(isOpen: (wait: string) => boolean): Step[] {
    const { suborder } = this.planned;
    if (!isOpen(`${suborder}#start#start`)) return [];
    return this.steps.filter((step, index) => {
      if (this.done.has(step.id)) return false;
      const before =
        step.after ??
        this.steps
          .slice(0, index)
          .slice(-1)
          .map(({ id }) => id);
      return (
        before.every((id) => this.done.has(id)) && (!this.runs(step) || isOpen(`${suborder}#${step.id}#gate`))
      );
    });
  }
}

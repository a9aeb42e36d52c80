import { StateConflict } from '#shared/domain/errors.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { bindLabel, type Holder, readBinding, releaseLabel, type UnitLabel } from '#shared/store/bindings.ts';
import { type GuardedWrite, guarded } from '#shared/store/guarded-writes.ts';
import { getSuborder } from '#shared/store/suborders.ts';
import { pickAndScan, restock } from '#shared/tasks/logistics.ts';

type Facts = Readonly<Record<string, unknown>>;
type Documents = Pick<Dependencies, 'documents'>;

/** What the completion of a task means for the labels of a unit. */
export interface UnitChange {
  readonly effect: 'bind' | 'release';
  readonly holder: Holder;
  readonly labels: readonly UnitLabel[];
}

/**
 * Picking gives the labels in its outputs to the suborder; restocking takes those away that picking gave, which
 * are facts of the step that it undoes. Other tasks change nothing.
 */
export function unitChange(
  task: string,
  holder: Holder,
  outputs: Facts,
  context: Facts,
): UnitChange | undefined {
  switch (task) {
    case pickAndScan.name:
      return { effect: 'bind', holder, labels: labelsIn(outputs) };
    case restock.name:
      return { effect: 'release', holder, labels: labelsIn(context) };
    default:
      return undefined;
  }
}

/** The writes of a change, each guarded by its label. @throws StateConflict when a label belongs to another live suborder */
export async function unitWrites(
  deps: Documents,
  { effect, holder, labels }: UnitChange,
  at: string,
): Promise<GuardedWrite<'unit'>[]> {
  const bindings = await Promise.all(labels.map((label) => readBinding(deps, label)));
  const writes: GuardedWrite<'unit'>[] = [];
  for (const [index, label] of labels.entries()) {
    const binding = bindings[index];
    const elsewhere = binding && !sameHolder(binding, holder) ? binding : undefined;
    if (effect === 'bind') {
      if (elsewhere && !(await hasEnded(deps, elsewhere))) throw inUse(label, elsewhere);
      writes.push(...guarded('unit', bindLabel(label, holder, at, elsewhere)));
    } else if (!elsewhere) writes.push(...guarded('unit', releaseLabel(label, holder)));
  }
  return writes;
}

const sameHolder = (a: Holder, b: Holder): boolean => a.order === b.order && a.suborder === b.suborder;

/** States of a suborder that gave its unit back, or never got it: whoever scans the unit now has it in hand. */
const WITHOUT_UNIT = new Set(['cancelled', 'rejected', 'failed']);

async function hasEnded(deps: Documents, { order, suborder }: Holder): Promise<boolean> {
  return WITHOUT_UNIT.has((await getSuborder(deps, order, suborder)).state);
}

const WORDS = { SERIAL: 'Serial number', MAC: 'MAC address' } as const;

const inUse = ({ kind, value }: UnitLabel, { order, suborder }: Holder): StateConflict =>
  new StateConflict(
    `${kind}_IN_USE`,
    `${WORDS[kind]} ${value} belongs to suborder ${suborder} of order ${order} already`,
  );

function labelsIn({ serialNumber, macAddress }: Facts): UnitLabel[] {
  return [
    ...(typeof serialNumber === 'string' ? [{ kind: 'SERIAL', value: serialNumber } as const] : []),
    ...(typeof macAddress === 'string' ? [{ kind: 'MAC', value: macAddress } as const] : []),
  ];
}

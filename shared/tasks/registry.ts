import * as access from './access.ts';
import * as billing from './billing.ts';
import * as civil from './civil.ts';
import * as collection from './collection.ts';
import * as copper from './copper.ts';
import * as cpe from './cpe.ts';
import * as customer from './customer.ts';
import * as emergency from './emergency.ts';
import * as field from './field.ts';
import * as internet from './internet.ts';
import * as inventory from './inventory.ts';
import * as logistics from './logistics.ts';
import * as mobile from './mobile.ts';
import * as number from './number.ts';
import * as order from './order.ts';
import * as payment from './payment.ts';
import * as porting from './porting.ts';
import * as resource from './resource.ts';
import * as returns from './returns.ts';
import * as review from './review.ts';
import * as service from './service.ts';
import * as serviceability from './serviceability.ts';
import * as sim from './sim.ts';
import * as stock from './stock.ts';
import type { Compensation, Task, UndoTask } from './task.ts';
import * as timer from './timer.ts';
import * as tv from './tv.ts';
import * as voip from './voip.ts';
import * as wholesale from './wholesale.ts';

const DECLARED: readonly (Task | UndoTask)[] = [
  order,
  customer,
  inventory,
  payment,
  billing,
  serviceability,
  resource,
  access,
  internet,
  voip,
  emergency,
  tv,
  number,
  sim,
  mobile,
  cpe,
  service,
  stock,
  logistics,
  field,
  timer,
  wholesale,
  civil,
  copper,
  returns,
  review,
  porting,
  collection,
].flatMap((area) => Object.values(area).filter(isDeclared));

/** A module may export more than tasks. */
function isDeclared<T extends object>(value: T): value is Extract<T, Task | UndoTask> {
  return 'kind' in value && 'lane' in value;
}

const isTask = (declared: Task | UndoTask): declared is Task => 'rejections' in declared;
const isUndo = (declared: Task | UndoTask): declared is UndoTask => !isTask(declared);

/** Every task that a flow can use. */
export const ALL_TASKS: readonly Task[] = DECLARED.filter(isTask);

/** Every compensation. */
export const ALL_UNDO_TASKS: readonly UndoTask[] = DECLARED.filter(isUndo);

const byName = new Map(ALL_TASKS.map((task) => [task.name, task]));

/** The task of this name, or undefined. */
export const taskNamed = (name: string): Task | undefined => byName.get(name);

/**
 * What takes the effect of a task back; undefined when nothing can, or nothing is left behind.
 * @throws Error when the task names a compensation that is not declared
 */
export function compensationOf(task: Task | undefined): Compensation | undefined {
  if (!task || typeof task.undo === 'string') return undefined;
  if (!('task' in task.undo)) return task.undo;
  const named = byName.get(task.undo.task);
  if (named?.kind === 'system' || named?.kind === 'manual') return named;
  throw new Error(`${task.name} is undone by ${task.undo.task}, which is no system or manual task`);
}

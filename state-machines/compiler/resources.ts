import type { Desk } from '#shared/domain/desks.ts';

/** What a compiled definition calls; ARNs and URLs, or names to read in documentation. */
export interface Resources {
  /** ARN of the function of a system task or of a system compensation. */
  taskFunction(task: string): string;
  /** ARN of the function that parks gate, event and timer tokens. */
  readonly parkFunction: string;
  /** ARN of the function that lists what a cancelled suborder must undo. */
  readonly prepareUndoFunction: string;
  /** ARN of the function that ends a cancelled suborder. */
  readonly closeFunction: string;
  /** URL of a desk's queue. */
  deskQueue(desk: Desk): string;
  /** URL of the queue where failed steps are routed. */
  readonly repairQueue: string;
}

/** Names instead of ARNs, for documentation, pictures and golden files. */
export const READABLE: Resources = {
  taskFunction: (task) => `function ${task}`,
  parkFunction: 'function wait.park',
  prepareUndoFunction: 'function undo.prepare',
  closeFunction: 'function suborder.close',
  deskQueue: (desk) => `queue ${desk}`,
  repairQueue: 'queue repair',
};

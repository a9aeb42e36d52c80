import { type BulkRepairResources, bulkRepair } from '#state-machines/bulk-repair.ts';
import { compileFlow } from '#state-machines/compiler/asl.ts';
import type { Definition } from '#state-machines/compiler/definition.ts';
import type { Resources } from '#state-machines/compiler/resources.ts';
import { type CorrespondenceResources, correspondence } from '#state-machines/correspondence.ts';
import type { Flow } from '#state-machines/language/flow.ts';
import { definitionProblems } from './checks/definitions.ts';
import { functionArnSuffix } from './names.ts';
import { deskQueueId, type QueueId } from './queues.ts';

/** A definition with placeholders instead of ARNs and URLs, and what it calls. */
export interface LinkedDefinition {
  readonly definition: Definition;
  /** Ids of functions. */
  readonly functions: readonly string[];
  readonly queues: readonly QueueId[];
}

/** Stands for what every function's ARN begins with. */
export const FUNCTIONS_PLACEHOLDER = 'functions';

/** Stands for a queue's URL. */
export const queuePlaceholder = (queue: QueueId): string => queue.replaceAll('-', '_');

/**
 * Compiles a flow with placeholders (`${functions}stock_reserve`, `${desk_LOGISTICS_PICK}`), which CloudFormation
 * fills in: the definition in the template is the text that is deployed, and every call in it is noted.
 * @throws Error when the definition breaks a rule of `checks/definitions.ts`
 */
export const linkFlow = (flow: Flow): LinkedDefinition => link((resources) => compileFlow(flow, resources));

/** The same for the workflow that tells customers. */
export const linkCorrespondence = (): LinkedDefinition => link(correspondence);

/** The same for the workflow that repairs many failed steps. */
export const linkBulkRepair = (): LinkedDefinition => link(bulkRepair);

function link(
  compile: (resources: Resources & CorrespondenceResources & BulkRepairResources) => Definition,
): LinkedDefinition {
  const functions = new Set<string>();
  const queues = new Set<QueueId>();
  const callFunction = (id: string) => {
    functions.add(id);
    return `\${${FUNCTIONS_PLACEHOLDER}}${functionArnSuffix(id)}`;
  };
  const callQueue = (id: QueueId) => {
    queues.add(id);
    return `\${${queuePlaceholder(id)}}`;
  };
  const definition = compile({
    taskFunction: (task) => callFunction(`tasks/${task}`),
    get parkFunction() {
      return callFunction('waits/park');
    },
    get prepareUndoFunction() {
      return callFunction('undo/prepare');
    },
    get closeFunction() {
      return callFunction('undo/close');
    },
    get sendFunction() {
      return callFunction('correspondence/send');
    },
    get advanceFunction() {
      return callFunction('bulk-repairs/advance');
    },
    deskQueue: (desk) => callQueue(deskQueueId(desk)),
    get repairQueue() {
      return callQueue('repair');
    },
  });
  const problems = definitionProblems(definition);
  if (problems.length > 0) throw new Error(`${definition.Comment}\n${problems.join('\n')}`);
  return { definition, functions: [...functions].sort(), queues: [...queues].sort() };
}

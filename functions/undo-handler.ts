import { systemCaller } from '#shared/clients/underlying-system.ts';
import { awsSystemDirectory } from '#shared/clients/system-directory.ts';
import { defaultDependencies } from '#shared/steps/dependencies.ts';
import { undoEventSchema, undoStep } from '#shared/steps/undo-step.ts';
import type { UndoTask } from '#shared/tasks/task.ts';
import { taskHandler } from './task-handler.ts';

/** The handler of a compensation that an underlying system does. */
export const undoConnector = (task: UndoTask) =>
  taskHandler(undoEventSchema, (event) =>
    undoStep(task, { ...defaultDependencies(), callSystem: systemCaller(awsSystemDirectory) }, event),
  );

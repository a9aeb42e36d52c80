import * as z from 'zod';
import { awsSystemDirectory } from '#shared/clients/system-directory.ts';
import { systemCaller } from '#shared/clients/underlying-system.ts';
import {
  callUnderlyingSystem,
  runStep,
  type StepAnswer,
  type StepEvent,
  stepEventSchema,
} from '#shared/steps/run-step.ts';
import { undoEventSchema, undoStep } from '#shared/steps/undo-step.ts';
import type { SystemTask, UndoTask } from '#shared/tasks/task.ts';
import { dependencies, taskHandler } from './task-handler.ts';

/** For functions that call an underlying system, where this installation has it and with its credential. */
export const systemDependencies = { ...dependencies, callSystem: systemCaller(awsSystemDirectory()) };

/** The handler of a task that an underlying system does, forwards or to undo a step. */
export const connector = (task: SystemTask | UndoTask) =>
  undoable(task, async (event) => {
    if (!isSystemTask(task)) throw new Error(`${task.name} only undoes`);
    return runStep(task, callUnderlyingSystem(task, systemDependencies), systemDependencies, event);
  });

/** The handler of a task that goes forwards by `run`, and by which its system undoes a step. */
export const undoable = (task: SystemTask | UndoTask, run: (event: StepEvent) => Promise<StepAnswer>) =>
  taskHandler(z.union([undoEventSchema, stepEventSchema]), async (event) =>
    'undo' in event ? undoStep(task, systemDependencies, event) : run(event),
  );

const isSystemTask = (task: SystemTask | UndoTask): task is SystemTask => 'input' in task;

import * as z from 'zod';
import { awsSystemDirectory } from '#shared/clients/system-directory.ts';
import { systemCaller } from '#shared/clients/underlying-system.ts';
import { callUnderlyingSystem, runStep, stepEventSchema } from '#shared/steps/run-step.ts';
import { undoEventSchema, undoStep } from '#shared/steps/undo-step.ts';
import type { SystemTask, UndoTask } from '#shared/tasks/task.ts';
import { dependencies, taskHandler } from './task-handler.ts';

/** For functions that call an underlying system, where this installation has it and with its credential. */
export const systemDependencies = { ...dependencies, callSystem: systemCaller(awsSystemDirectory()) };

/** The handler of a task that an underlying system does, forwards or to undo a step. */
export const connector = (task: SystemTask | UndoTask) =>
  taskHandler(z.union([undoEventSchema, stepEventSchema]), async (event) => {
    if ('undo' in event) return undoStep(task, systemDependencies, event);
    if (!isSystemTask(task)) throw new Error(`${task.name} only undoes`);
    return runStep(task, callUnderlyingSystem(task, systemDependencies), systemDependencies, event);
  });

const isSystemTask = (task: SystemTask | UndoTask): task is SystemTask => 'input' in task;

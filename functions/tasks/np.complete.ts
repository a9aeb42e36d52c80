import { callUnderlyingSystem, runStep, stepEventSchema } from '#shared/steps/run-step.ts';
import { complete } from '#shared/tasks/porting.ts';
import { systemDependencies } from '../connector.ts';
import { taskHandler } from '../task-handler.ts';

const tellClearingHouse = callUnderlyingSystem(complete, systemDependencies);

/** Completes a port, and notes whether it comes later than the law or the promise allows. */
export const handler = taskHandler(stepEventSchema, (event) =>
  runStep(
    complete,
    async (context) => {
      const { portedAt } = complete.output.parse(await tellClearingHouse(context));
      const { portBy } = context.input;
      return { portedAt, portLate: portBy !== undefined && Date.parse(portedAt) > Date.parse(portBy) };
    },
    systemDependencies,
    event,
  ),
);

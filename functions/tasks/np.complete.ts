import { delayCompensation } from '#shared/domain/porting.ts';
import { callUnderlyingSystem, runStep, stepEventSchema } from '#shared/steps/run-step.ts';
import { complete } from '#shared/tasks/porting.ts';
import { systemDependencies } from '../connector.ts';
import { taskHandler } from '../task-handler.ts';

const tellClearingHouse = callUnderlyingSystem(complete, systemDependencies);

/** Completes a port, and works out what the customer gets when it comes later than the law or the promise allows. */
export const handler = taskHandler(stepEventSchema, (event) =>
  runStep(
    complete,
    async (context) => {
      const { portBy, ...body } = context.input;
      const { portedAt } = complete.exchange.answers.parse(await tellClearingHouse(context, { body }));
      const compensation = portBy === undefined ? 0 : delayCompensation(new Date(portBy), new Date(portedAt));
      return {
        portedAt,
        portLate: compensation > 0,
        ...(compensation > 0 && { delayCompensation: compensation }),
      };
    },
    systemDependencies,
    event,
  ),
);

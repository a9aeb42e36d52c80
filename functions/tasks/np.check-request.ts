import { leavingDate } from '#shared/domain/porting.ts';
import { callUnderlyingSystem, runStep, stepEventSchema } from '#shared/steps/run-step.ts';
import { checkRequest } from '#shared/tasks/porting.ts';
import { systemDependencies } from '../connector.ts';
import { taskHandler } from '../task-handler.ts';

const check = callUnderlyingSystem(checkRequest, systemDependencies);

/** Decides as the donor: what stands against the port in our own records, and whether numbers can be ported on the date. */
export const handler = taskHandler(stepEventSchema, (event) =>
  runStep(
    checkRequest,
    async (context) => {
      const { portDate: asked, ...body } = context.input;
      const verdict = checkRequest.exchange.answers.parse(await check(context, { body }));
      if (verdict.decision === 'reject') return { ...verdict, numberStays: true };
      const portDate = leavingDate(systemDependencies.now(), asked);
      return portDate === undefined
        ? { decision: 'reject', rejectCode: 'NP06_DATE_INVALID', numberStays: true }
        : { decision: 'confirm', numberStays: false, portDate };
    },
    systemDependencies,
    event,
  ),
);

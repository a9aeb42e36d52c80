import { InputIncomplete } from '#shared/domain/errors.ts';
import { type PortRejectCode, portDateFor, portDeadline } from '#shared/domain/porting.ts';
import { callUnderlyingSystem, runStep, type StepContext, stepEventSchema } from '#shared/steps/run-step.ts';
import { FIND_OPERATOR, request } from '#shared/tasks/porting.ts';
import { systemDependencies } from '../connector.ts';
import { taskHandler } from '../task-handler.ts';

type Context = StepContext<typeof request>;
type Clearing = ReturnType<typeof callUnderlyingSystem<typeof request>>;

/**
 * Asks the donor, through the clearing house, for the first date that is possible and wished. What the request
 * before it was rejected for is put right: another donor, a later date, the other kind of contract.
 * @throws InputIncomplete when no consent of the customer is recorded, or the donor disputes the one that is
 */
export const requestPort =
  (clearingHouse: Clearing, now: () => Date) =>
  async (context: Context): Promise<Record<string, unknown>> => {
    const { input, event } = context;
    const {
      authoritySigned,
      requestedDate,
      newSim,
      deliveredAt,
      rejectedWith,
      portDate: refusedDate,
      ...statement
    } = input;
    const because = (code: PortRejectCode): boolean => rejectedWith === code;
    const signed = authoritySigned === true && !because('NP10_AUTHORITY_MISSING');
    if (input.authorityRef === undefined && !signed)
      throw new InputIncomplete(
        event.step,
        ['authorityRef'],
        ["authorityRef: no port is requested without the customer's recorded consent"],
      );

    const donor =
      input.donor === undefined || because('NP04_WRONG_DONOR')
        ? await findOperator(clearingHouse, context)
        : input.donor;
    const donorContract = because('NP09_PREPAID_POSTPAID')
      ? otherThan(input.donorContract)
      : input.donorContract;
    const asked = portDateFor({
      requestedAt: now(),
      wished: requestedDate,
      refused: because('NP06_DATE_INVALID') ? refusedDate : undefined,
      urgent: input.urgency === 'emergency',
      cardIsSent: newSim === 'physical' && deliveredAt === undefined,
    });
    const found = { donor, ...(donorContract && { donorContract }) };
    const body = { ...statement, ...found, portDate: asked };
    const { npOrderId, portDate } = request.exchange.answers.parse(await clearingHouse(context, { body }));
    return { npOrderId, portDate, portBy: portDeadline(portDate).toISOString(), ...found };
  };

async function findOperator(clearingHouse: Clearing, context: Context): Promise<string> {
  const { operation } = FIND_OPERATOR;
  const body = { number: context.input.number };
  return FIND_OPERATOR.answers.parse(await clearingHouse(context, { operation, body })).operator;
}

const otherThan = (contract: 'postpaid' | 'prepaid' = 'postpaid') =>
  contract === 'postpaid' ? 'prepaid' : 'postpaid';

const work = requestPort(callUnderlyingSystem(request, systemDependencies), systemDependencies.now);

export const handler = taskHandler(stepEventSchema, (event) =>
  runStep(request, work, systemDependencies, event),
);

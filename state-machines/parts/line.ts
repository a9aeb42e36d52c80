import * as civil from '#shared/tasks/civil.ts';
import * as wholesale from '#shared/tasks/wholesale.ts';
import { type Condition, event, manual, system, when } from '../language/flow.ts';
import { ask } from './asking.ts';

/** A line that its owner, another operator, delivers. @param mode who connects it: a technician (`GIG`) or the customer (`GDS`) */
export const wholesaleLine = (mode: 'GIG' | 'GDS' | 'FALLBACK') =>
  [
    system('lineOrder', wholesale.order, { with: { mode } }),
    event('accepted', wholesale.awaitAccepted, {
      reaches: 'LINE_DATE_CONFIRMED',
      tells: 'LINE_DATE_CONFIRMED',
    }),
    event('delivered', wholesale.awaitDelivered, {
      reaches: 'LINE_BUILT',
      noReturn: 'soft',
      noReturnAt: 'start',
    }),
  ] as const;

/** A new drop from the road to the house: survey, what it costs, permit, digging, splicing. */
export const buildDrop = (condition?: Condition) => {
  const optional = condition && { when: condition };
  return [
    manual('survey', civil.survey, { ...optional }),
    ask('costOk', 'EXTRA_COST_APPROVAL', 14, {
      title: 'Customer approves the extra cost',
      when: when('extraCost'),
      announces: 'EXTRA_COST_APPROVAL',
    }),
    system('permitApplication', civil.applyForPermit, { when: when('permitNeeded') }),
    event('permit', civil.awaitPermit, { when: when('permitNeeded'), announces: 'PERMIT_PENDING' }),
    system('buildOrder', civil.orderBuild, { ...optional, noReturn: 'hard', noReturnAt: 'start' }),
    event('build', civil.awaitBuild, { ...optional, noReturn: 'hard', announces: 'DIG_NOTICE' }),
    manual('splice', civil.splice, { ...optional, noReturn: 'hard', reaches: 'LINE_BUILT' }),
  ] as const;
};

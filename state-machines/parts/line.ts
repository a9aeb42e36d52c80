import { foundBy } from '#shared/domain/facts.ts';
import * as access from '#shared/tasks/access.ts';
import * as civil from '#shared/tasks/civil.ts';
import * as resource from '#shared/tasks/resource.ts';
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

/** The line that was there when the asset was locked, when another has taken its place. @param title how that is called for this kind of line */
export const deactivateOldLine = (title: string) =>
  system('oldOff', access.deactivate, {
    title,
    noReturn: 'hard',
    with: { port: foundBy('lock', 'port') },
  });

/** What the old line had of the network is free for others. */
export const releaseOldResources = system('oldFree', resource.release, {
  title: 'Release the old resources',
  with: {
    lineId: foundBy('lock', 'lineId'),
    port: foundBy('lock', 'port'),
    ip: foundBy('lock', 'ip'),
  },
});

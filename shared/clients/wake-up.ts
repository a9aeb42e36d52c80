import { createHash } from 'node:crypto';
import { ConflictException, CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import type { ResumeDependencies } from '#shared/steps/resume.ts';

/**
 * Wakes a wait at a time through a one-time EventBridge schedule, which removes itself. Its name says wait and
 * time, so asking twice makes one schedule; times are rounded up to the next minute, the scheduler's resolution.
 *
 * Environment: `TIMER_GROUP`, `TIMER_TARGET_ARN` (the function woken), `TIMER_ROLE_ARN` (may invoke it).
 */
export const scheduledWakeUp = (scheduler = new SchedulerClient()): ResumeDependencies['wakeAt'] => {
  const { TIMER_GROUP: GroupName, TIMER_TARGET_ARN: Arn, TIMER_ROLE_ARN: RoleArn } = process.env;
  return async (time, { order, wait }) => {
    const due = new Date(Math.ceil(Date.parse(time) / 60_000) * 60_000).toISOString().slice(0, 19);
    try {
      await scheduler.send(
        new CreateScheduleCommand({
          Name: scheduleName(order, wait, due),
          GroupName,
          ScheduleExpression: `at(${due})`,
          FlexibleTimeWindow: { Mode: 'OFF' },
          ActionAfterCompletion: 'DELETE',
          Target: { Arn, RoleArn, Input: JSON.stringify({ order, wait }) },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConflictException)) throw error;
    }
  };
};

/** Time and wait stand in it whole, the wait as a hash when it is long: 64 characters are allowed. */
function scheduleName(order: string, wait: string, due: string): string {
  const name = (what: string) => `${order}-${due}-${what}`.replaceAll(/[^\w.-]/g, '_');
  const readable = name(wait);
  return readable.length <= LONGEST_NAME
    ? readable
    : name(createHash('sha256').update(wait).digest('hex').slice(0, 32));
}

const LONGEST_NAME = 64;

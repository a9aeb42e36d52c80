import { workingTimeLater } from '#shared/domain/calendar.ts';
import type { Network } from './network.ts';
import { project, UNTOUCHED } from './projection.ts';

/** How long a flow usually takes as a whole. */
export interface FlowTime {
  readonly seconds: number;
  /** Whether people or the outside have a part in it, so that only working days count. */
  readonly onWorkingDays: boolean;
}

const MINUTE = 60_000;

/**
 * The latest time, to the minute, at which an order can start so that it is expected to be ready by a date: the date
 * less the critical path over its flows, and never less than any of them usually takes as a whole. What waits for a
 * date of its own inside a flow is not counted.
 * @returns undefined when it has to start at once, or is late already
 */
export function latestStart(
  network: Network,
  flows: readonly FlowTime[],
  readyBy: Date,
  now: Date,
): Date | undefined {
  const path = withoutTimers(network);
  const isInTime = (start: Date) =>
    flows.every((flow) => endOf(flow, start) <= readyBy) &&
    project(path, { ...UNTOUCHED, startsAt: start }, start).end <= readyBy;
  let early = Math.ceil(now.getTime() / MINUTE);
  let late = Math.floor(readyBy.getTime() / MINUTE) + 1;
  if (late <= early || !isInTime(new Date(early * MINUTE))) return undefined;
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (isInTime(new Date(middle * MINUTE))) early = middle;
    else late = middle;
  }
  return new Date(early * MINUTE);
}

const endOf = ({ seconds, onWorkingDays }: FlowTime, start: Date): Date =>
  onWorkingDays ? workingTimeLater(start, seconds) : new Date(start.getTime() + seconds * 1000);

const withoutTimers = (network: Network): Network =>
  Object.fromEntries(
    Object.entries(network).map(([suborder, steps]) => [
      suborder,
      steps.map(({ until: _until, ...step }) => step),
    ]),
  );

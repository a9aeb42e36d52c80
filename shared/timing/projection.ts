import { instantOf, workingDaysEarlier, workingTimeLater } from '#shared/domain/calendar.ts';
import type { StepRecord } from '#shared/store/records.ts';
import { type Network, nodeId, type TimedStep } from './network.ts';

/** What became of a step so far. */
export type StepProgress = Pick<StepRecord, 'status' | 'at' | 'outputs' | 'until'>;

/** How far an order is. */
export interface Standing {
  /** By {@link nodeId}; a step that was not reached is not there. */
  readonly steps: ReadonlyMap<string, StepProgress>;
  /** Suborders that have ended, and those that are being cancelled: nothing more is expected of them. */
  readonly ended: ReadonlySet<string>;
  /** Nothing starts before. */
  readonly startsAt?: Date | undefined;
}

/** A step that a person or the outside is at, or that waits for repair. */
export interface StepUnderWay {
  readonly suborder: string;
  readonly step: string;
  /** When four fifths of the expected time are over, and when all of it is. */
  readonly warnAt: Date;
  readonly dueAt: Date;
}

export interface Projection {
  /** When the order is expected to be complete. */
  readonly end: Date;
  readonly underWay: readonly StepUnderWay[];
}

/** How long repair of a failed step usually takes. */
export const REPAIR_SECONDS = 4 * 3600;

const WARNING = 0.8;

/** Nothing has begun. */
export const UNTOUCHED: Standing = { steps: new Map(), ended: new Set() };

/**
 * Works out when an order ends if each step that is left takes as long as it usually does: along the critical path
 * over the steps of all suborders and the gates between them. What is late already is expected now, booked dates
 * count as they are.
 */
export function project(network: Network, standing: Standing, now: Date): Projection {
  const nodes = nodesOf(network, standing);
  const finished = new Map<string, number>();
  const start = (standing.startsAt ?? now).getTime();

  const finishOf = (id: string): number => {
    const node = nodes.get(id);
    if (!node) return now.getTime();
    const known = finished.get(id);
    if (known !== undefined) return known;
    finished.set(id, now.getTime());
    const finish = isOver(node) ? Date.parse(node.progress?.at ?? '') : expectedFinish(node);
    finished.set(id, finish);
    return finish;
  };

  const expectedFinish = (node: Node): number => {
    const { timed, progress } = node;
    if (progress?.status === 'waiting') return Math.max(dueOf(node).getTime(), now.getTime());
    if (progress?.status === 'fallout') {
      const repaired = new Date(Math.max(dueOf(node).getTime(), now.getTime()));
      return later(timed, repaired).getTime();
    }
    const ready = new Date(readyAt(node));
    return Math.max(atDate(node, later(timed, ready)).getTime(), now.getTime());
  };

  const readyAt = ({ suborder, timed, after }: Node): number => {
    const before = after.map((step) => finishOf(nodeId(suborder, step)));
    const gates = (timed.gates ?? []).map((sources) => Math.min(...sources.map((id) => opensAt(id, timed))));
    return Math.max(...(before.length > 0 ? before : [start]), ...gates);
  };

  const opensAt = (id: string, { workingDaysBefore }: TimedStep): number => {
    const finish = finishOf(id);
    const date = nodes.get(id)?.progress?.outputs.confirmedDate;
    const confirmed = typeof date === 'string' ? instantOf(date) : undefined;
    return confirmed && workingDaysBefore !== undefined
      ? Math.max(finish, workingDaysEarlier(confirmed, workingDaysBefore).getTime())
      : finish;
  };

  const left = [...nodes].filter(([, { suborder }]) => !standing.ended.has(suborder));
  return {
    end: new Date(Math.max(now.getTime(), ...left.map(([id]) => finishOf(id)))),
    underWay: left.flatMap(([, node]) => underWay(node)),
  };
}

interface Node {
  readonly suborder: string;
  readonly timed: TimedStep;
  readonly after: readonly string[];
  readonly progress: StepProgress | undefined;
  /** The latest of the dates that were booked or confirmed to the suborder. */
  readonly booked: Date | undefined;
}

function nodesOf(network: Network, { steps }: Standing): ReadonlyMap<string, Node> {
  return new Map(
    Object.entries(network).flatMap(([suborder, path]) => {
      const progress = path.map(({ step }) => steps.get(nodeId(suborder, step)));
      const booked = latestDate(progress.flatMap((known) => known ?? []));
      return path.map((timed, index): [string, Node] => {
        const before = path[index - 1];
        const after = timed.after ?? (before ? [before.step] : []);
        return [nodeId(suborder, timed.step), { suborder, timed, after, progress: progress[index], booked }];
      });
    }),
  );
}

const isOver = ({ progress }: Node): boolean =>
  progress?.status === 'done' || progress?.status === 'skipped' || progress?.status === 'undone';

/** When a step under way should be done: as long as it usually takes, or on the date that it is booked for. */
function dueOf(node: Node): Date {
  const { timed, progress } = node;
  const since = new Date(progress?.at ?? 0);
  if (progress?.status === 'fallout') return workingTimeLater(since, REPAIR_SECONDS);
  return atDate(node, later(timed, since));
}

function atDate({ timed, progress, booked }: Node, usually: Date): Date {
  if (timed.kind === 'timer') {
    const until = progress?.until ?? timed.until;
    return until ? new Date(until) : (booked ?? usually);
  }
  return timed.kind === 'event' && booked && booked > usually ? booked : usually;
}

const later = ({ kind, seconds }: TimedStep, instant: Date): Date =>
  kind === 'manual' || kind === 'event'
    ? workingTimeLater(instant, seconds)
    : new Date(instant.getTime() + (kind === 'timer' ? 0 : seconds * 1000));

function underWay(node: Node): StepUnderWay[] {
  const { suborder, timed, progress } = node;
  const status = progress?.status;
  if (!(status === 'fallout' || (status === 'waiting' && timed.kind !== 'timer'))) return [];
  const since = new Date(progress?.at ?? 0);
  const dueAt = dueOf(node);
  const seconds = status === 'fallout' ? REPAIR_SECONDS : timed.seconds;
  const isBooked = dueAt > workingTimeLater(since, seconds);
  const warnAt = isBooked
    ? new Date(since.getTime() + WARNING * (dueAt.getTime() - since.getTime()))
    : workingTimeLater(since, WARNING * seconds);
  return [{ suborder, step: timed.step, warnAt, dueAt }];
}

/** Outputs of steps by which the outside says when something is going to happen; of a period, its end counts. */
const DATES = ['slot', 'confirmedDate', 'confirmedPortDate'] as const;

function latestDate(steps: readonly StepProgress[]): Date | undefined {
  const times = steps
    .filter(({ status }) => status === 'done')
    .flatMap(({ outputs }) => DATES.map((name) => outputs[name]))
    .flatMap((value) => (typeof value === 'string' ? (instantOf(value.split('/').at(-1) ?? '') ?? []) : []));
  return times.length > 0 ? new Date(Math.max(...times.map((time) => time.getTime()))) : undefined;
}

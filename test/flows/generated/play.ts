import type { ListedWorkItem } from '#scripts/api.ts';
import type { Desk } from '#shared/domain/desks.ts';
import type { Stage } from '#test/support/stage.ts';
import { type Deed, Run } from './run.ts';
import type { Scenario } from './scenarios.ts';

/** An order that has not ended by then does not end. */
const LONGEST = 400 * 24 * 3_600_000;
const MINUTE = 60_000;
/** A pace at which systems have been asked for the last time before somebody looks. */
export const AN_HOUR = 60 * MINUTE;
const AT_ONCE = 8;

/** What is played with an item of an order. */
export interface Part extends Pick<Run, 'order' | 'problem' | 'isOver' | 'desks' | 'notice' | 'deeds'> {
  /** Looks at what has become of it, before anybody does something. */
  look?(): Promise<void>;
}

/** Plays orders side by side, each with an item for each of its scenarios. */
export const play = (
  stage: Stage,
  orders: readonly (readonly Scenario[])[],
  pace?: number,
): Promise<Run[][]> =>
  playParts(
    stage,
    orders.map((scenarios) => () => Run.start(stage, scenarios)),
    pace,
  );

/**
 * Plays orders side by side: people and the outside do what is asked of them, and time passes when nobody has anything to do.
 * @param orders how each of them is placed
 * @param pace how long it takes people to do something, in milliseconds: nobody looks more often for what there is to do
 */
export async function playParts<P extends Part>(
  stage: Stage,
  orders: readonly (() => Promise<P[]>)[],
  pace = MINUTE,
): Promise<P[][]> {
  const { cloud } = stage.platform;
  const started: P[][] = [];
  await sideBySide(
    orders.map((start, index) => async () => {
      started[index] = await start();
    }),
  );
  const runs = started.flat();
  const byOrder = Map.groupBy(runs, ({ order }) => order);
  const until = (await cloud.now()) + LONGEST;
  let seen = 0;
  for (;;) {
    await stage.settle();
    const ledger = stage.simulator.ledger();
    for (const effect of ledger.slice(seen))
      for (const run of byOrder.get(effect.correlationId ?? '') ?? []) run.notice(effect);
    seen = ledger.length;
    const open = await stillOpen(runs);
    if (open.length === 0) return started;
    const desks = await openAt(stage, new Set(open.flatMap((run) => run.desks)));
    const deeds = open.flatMap((run) => run.deeds(desks).map((deed) => attempt(run, deed)));
    if (deeds.length > 0) {
      // Nobody does something in the instant in which it is asked for.
      await stage.platform.advanceTo((await cloud.now()) + pace);
      await sideBySide(deeds);
      continue;
    }
    const due = await cloud.nextDue();
    if (due === undefined || due > until) return started;
    await stage.platform.advanceTo(due + pace - MINUTE);
  }
}

/** What fails is the problem of the part that it was done for; the others go on. */
const attempt =
  (part: Part, deed: Deed): Deed =>
  async () => {
    try {
      await deed();
    } catch (error) {
      part.problem = error;
    }
  };

async function stillOpen<P extends Part>(runs: readonly P[]): Promise<P[]> {
  const open = runs.filter((run) => !run.isOver);
  await sideBySide(open.map((run) => async () => run.look?.()));
  return open.filter((run) => !run.isOver);
}

async function openAt(
  stage: Stage,
  desks: ReadonlySet<Desk>,
): Promise<ReadonlyMap<Desk, readonly ListedWorkItem[]>> {
  const open = new Map<Desk, readonly ListedWorkItem[]>();
  await sideBySide(
    [...desks].map((desk) => async () => void open.set(desk, await stage.api.workItems(desk))),
  );
  return open;
}

/** Does everything, some of it at once. */
async function sideBySide(deeds: readonly (() => Promise<void>)[]): Promise<void> {
  const left = [...deeds];
  const worker = async () => {
    for (let deed = left.shift(); deed; deed = left.shift()) await deed();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

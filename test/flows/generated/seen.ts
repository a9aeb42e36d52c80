import type { Order } from '#scripts/api.ts';
import { taskNamed } from '#shared/tasks/registry.ts';
import type { Stage } from '#test/support/stage.ts';
import type { Expectation } from './expectations.ts';
import type { Run } from './run.ts';

type About = Pick<Run, 'order' | 'suborder'>;

/** Steps of the suborder for which systems did something, the first one first. */
export const effectsOf = (stage: Stage, { order, suborder }: About): string[] =>
  stage.effects(order).flatMap(({ step = '', operation }) => {
    const [number, id] = step.split('.');
    return number === suborder && id !== undefined && taskNamed(operation) ? [id] : [];
  });

/** Orders that have ended: each is asked for once, however many of its items are looked at. */
const ended = new Map<string, Promise<Order>>();

function endedOrder({ api }: Stage, order: string): Promise<Order> {
  const shown = ended.get(order) ?? api.order(order);
  ended.set(order, shown);
  return shown;
}

/** What the public API and the systems show of an order that has ended. */
export async function seenOf(
  stage: Stage,
  about: About,
): Promise<
  Expectation & {
    readonly state: string;
    readonly item: string | undefined;
    readonly done: number | undefined;
  }
> {
  const { order, suborder } = about;
  const { state, productOrderItem, productOrderMilestone } = await endedOrder(stage, order);
  const item = productOrderItem[Number(suborder) - 1];
  const entries = await historyOf(stage, about);
  return {
    state,
    item: item?.state,
    done: item?.progress?.done,
    steps: [
      ...new Set(entries.flatMap(({ what, step = '' }) => (what === 'STEP_DONE' ? [step] : []))),
    ].sort(),
    effects: effectsOf(stage, about).sort(),
    milestones: productOrderMilestone
      .filter(({ productOrderItem: [owner] }) => owner !== undefined && owner.itemId === item?.id)
      .map(({ name }) => name)
      .sort(),
    messages: stage
      .messages(order)
      .filter((message) => message.startsWith(`${suborder}.`))
      .map((message) => message.slice(suborder.length + 1)),
    failures: entries
      .flatMap(({ what, step, details }) =>
        what === 'STEP_FAILED' ? [`${step}: ${details?.error} → ${details?.routedTo}`] : [],
      )
      .sort(),
  };
}

export async function historyOf(stage: Stage, { order, suborder }: About) {
  const entries = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const query = `?suborder=${suborder}&limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const page = await stage.api.history(order, query);
    entries.push(...page.entries);
    cursor = page.nextCursor;
  }
  return entries;
}

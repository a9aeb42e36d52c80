import type { Facts } from '#shared/domain/facts.ts';
import type { Flags } from '#shared/domain/flags.ts';
import { MANAGEMENT } from '#shared/domain/suborders.ts';
import { SUBORDER_FLOWS } from '../catalogue.ts';
import type { Flow } from '../language/flow.ts';
import { handle } from '../order-item.ts';
import { manage } from '../order-management.ts';
import { type Chosen, type Draft, draft } from './draft.ts';
import { type Links, linkSuborders, type Member, START } from './links.ts';
import type { OrderPlan, PlanFacts, PlanItem, PlannedSuborder, Refusal } from './model.ts';
import { fullPath, plannedPath, pointsOfNoReturn, UNKNOWN_PATH } from './path.ts';
import { relationProblems, standstill } from './refusals.ts';
import { flowTimesOf, networkOf } from './timing.ts';
import { withdrawalEnds } from './withdrawal.ts';

export type { Opening, Opens, PlannedWait } from './links.ts';
export type * from './model.ts';

const NO_LINKS: Links = { waits: [], opens: {} };

/**
 * Divides an order into suborders: which flow each item gets, which step waits for what, what starts after what.
 * Pure: the same order gives the same plan, so that what `POST` accepted is what order management starts.
 *
 * 1. Items are numbered in their order, `01` first.
 * 2. Each item's flow follows from product, action and characteristics.
 * 3. Gates and `reliesOn` relations become waits, and what opens them.
 * 4. The plan is run through once: a plan that would come to a standstill is refused.
 */
export function planOrder(order: PlanFacts, flows: readonly Flow[] = SUBORDER_FLOWS): OrderPlan | Refusal {
  const drafts = order.items.map((item, index) => draft(item, index, flows));
  const refused = drafts.flatMap((own) => (own.kind === 'refused' ? own.problems : []));
  const [problem, ...problems] = [...refused, ...relationProblems(order.items)];
  if (problem) return { refusals: [problem, ...problems] };

  const head = manageOrder(order, drafts);
  const management: Member = {
    suborder: MANAGEMENT,
    flow: manage,
    path: head.path,
    facts: head.facts,
    reliesOn: [],
  };
  const members = toMembers(drafts);
  const links = linkSuborders(members, management);

  const itemIds = new Map(drafts.map(({ suborder, item }) => [suborder, item.id]));
  const label = (suborder: string) => `item ${itemIds.get(suborder) ?? suborder}`;
  const impossible = standstill([management, ...members], links, label);
  if (impossible) return { refusals: [impossible] };

  // What nobody has looked at yet takes as long as it usually takes the order desk.
  const timed = members.map((member) =>
    member.flow ? member : { ...member, flow: handle, path: fullPath(handle) },
  );
  const siblingsOf = siblingFinder(drafts);
  const assemble = (
    suborder: string,
    own: Omit<Chosen, 'product'>,
  ): Omit<PlannedSuborder, 'item' | 'product'> => {
    const { waits, opens } = links.get(suborder) ?? NO_LINKS;
    return {
      suborder,
      flow: own.flow.id,
      facts: own.facts,
      flags: own.flags,
      siblings: siblingsOf(suborder),
      steps: own.path.steps.length,
      noReturn: pointsOfNoReturn(own.path),
      opens,
      waits,
      startsAfter: waits.find(({ kind }) => kind === START)?.pending ?? [],
    };
  };
  return {
    management: { ...assemble(MANAGEMENT, head), item: undefined, product: undefined },
    suborders: drafts.flatMap((own) =>
      own.kind === 'chosen'
        ? { ...assemble(own.suborder, own), item: own.item.id, product: own.product }
        : [],
    ),
    unchanged: drafts.flatMap(({ kind, suborder, item }) =>
      kind === 'unchanged' ? { suborder, item: item.id } : [],
    ),
    network: networkOf(timed, links, { ...order }),
    flowTimes: flowTimesOf(timed),
    incomplete: drafts.flatMap((own) =>
      own.kind === 'incomplete'
        ? {
            suborder: own.suborder,
            item: own.item.id,
            reason: own.reason,
            opens: (links.get(own.suborder) ?? NO_LINKS).opens,
          }
        : [],
    ),
  };
}

/** Order management's own path: what it checks and waits for depends on what was sold, and how. */
function manageOrder(order: PlanFacts, drafts: readonly Draft[]): Omit<Chosen, 'product'> {
  const sold = order.items.some(({ action }) => action === 'add');
  const ends = sold ? withdrawalEnds(order) : undefined;
  const newContract = drafts.some(
    (own) => own.kind === 'incomplete' || (own.kind === 'chosen' && own.flow.newContract),
  );
  const flags: Flags = { newContract, withdrawalWait: ends !== undefined };
  const facts: Facts = ends === undefined ? {} : { withdrawalEnds: ends };
  return { flow: manage, path: plannedPath(manage, flags), flags, facts };
}

/**
 * The suborders that can wait and be waited for. An item with nothing to do is over before anyone could; an
 * incomplete one holds others back, while the person who decides about it waits for nobody.
 */
function toMembers(drafts: readonly Draft[]): Member[] {
  const numberOf = new Map(
    drafts.flatMap(({ kind, item, suborder }) =>
      kind === 'unchanged' ? [] : [[item.id, suborder] as const],
    ),
  );
  const reliesOn = (item: PlanItem) => item.reliesOn.flatMap((id) => numberOf.get(id) ?? []);
  return drafts.flatMap((own) => {
    const { suborder, item } = own;
    if (own.kind === 'chosen')
      return {
        suborder,
        flow: own.flow,
        path: own.path,
        facts: own.facts,
        reliesOn: reliesOn(item),
      };
    return own.kind === 'incomplete'
      ? { suborder, flow: undefined, path: UNKNOWN_PATH, facts: {}, reliesOn: [] }
      : [];
  });
}

/** Finds, for a suborder, the others of each product. */
function siblingFinder(drafts: readonly Draft[]) {
  const byProduct = Map.groupBy(
    drafts.flatMap((own) => (own.kind === 'chosen' ? own : [])),
    ({ product }) => product,
  );
  return (suborder: string): PlannedSuborder['siblings'] =>
    Object.fromEntries(
      [...byProduct].flatMap(([product, group]) => {
        const others = group.map((own) => own.suborder).filter((other) => other !== suborder);
        return others.length > 0 ? [[product, others]] : [];
      }),
    );
}

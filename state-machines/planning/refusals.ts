import type { Problem } from '#shared/domain/errors.ts';
import { findDeadlock, type Hop } from './deadlock.ts';
import { itemPointer } from './draft.ts';
import type { Links, Member } from './links.ts';
import type { PlanItem } from './model.ts';
import { findCircle } from './relations.ts';

/** Items that cannot be told apart, and `reliesOn` relations that lead nowhere or in a circle. */
export function relationProblems(items: readonly PlanItem[]): Problem[] {
  const indexes = new Map(items.map(({ id }, index) => [id, index]));
  const problems = items.flatMap((item, index) => {
    const twice =
      indexes.get(item.id) === index
        ? []
        : [{ pointer: itemPointer(index, '/id'), message: `Item id ${item.id} is used more than once` }];
    const wrong = item.reliesOn.flatMap((target) => {
      const message =
        target === item.id
          ? `Item ${item.id} relies on itself`
          : indexes.has(target)
            ? undefined
            : `Item ${item.id} relies on item ${target}, which the order does not have`;
      return message ? [{ pointer: relationPointer(index), message }] : [];
    });
    return [...twice, ...wrong];
  });
  if (problems.length > 0) return problems;
  const circle = findCircle(new Map(items.map(({ id, reliesOn }) => [id, reliesOn])));
  const [first] = circle ?? [];
  if (!circle || first === undefined) return [];
  return [
    {
      pointer: relationPointer(indexes.get(first) ?? 0),
      message: `Items rely on each other in a circle: ${[...circle, first].join(' → ')}`,
    },
  ];
}

/** Suborders that would wait for each other forever. */
export function standstill(
  members: readonly Member[],
  links: ReadonlyMap<string, Links>,
  label: (suborder: string) => string,
): Problem | undefined {
  const circle = findDeadlock(members, links);
  const [first] = circle ?? [];
  if (!circle || !first) return undefined;
  return {
    pointer: pointerOf(first.suborder),
    message: `The items wait for each other: ${explainCircle(circle, members, label)}`,
  };
}

/** A circle in words: who waits where for what. */
export function explainCircle(
  circle: readonly Hop[],
  members: readonly Member[],
  label: (suborder: string) => string,
): string {
  return circle
    .map(({ suborder, step, milestone, source }) => {
      if (step === undefined) return `${label(suborder)} starts after ${label(source)} is complete`;
      const flow = members.find((member) => member.suborder === suborder)?.flow;
      const title = flow?.steps.find(({ id }) => id === step)?.title ?? step;
      return `${label(suborder)} waits before '${title}' for ${milestone} of ${label(source)}`;
    })
    .join('; ');
}

const relationPointer = (index: number): string => itemPointer(index, '/productOrderItemRelationship');

const pointerOf = (suborder: string): string => itemPointer(Math.max(Number(suborder) - 1, 0));

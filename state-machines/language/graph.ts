import { FLAGS, type Flag } from '#shared/domain/flags.ts';
import { canChange } from './flags.ts';
import type { Flow, Step } from './flow.ts';

/** A flow's shape: a sequence of steps, parallel branches and conditional parts. */
export type Node =
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'parallel'; readonly branches: readonly Sequence[] }
  | {
      readonly kind: 'choice';
      readonly flag: Flag;
      /** The question, with what it is asked for when it is asked more than once. */
      readonly name: string;
      readonly yes: Sequence;
      readonly no: Sequence;
    };

export type Sequence = readonly Node[];

/** The steps of a sequence, those of its branches and conditional parts included. */
export const stepsOf = (sequence: Sequence): readonly Step[] =>
  sequence.flatMap((node) => {
    if (node.kind === 'step') return [node.step];
    return (node.kind === 'choice' ? [node.yes, node.no] : node.branches).flatMap(stepsOf);
  });

/** The steps that a step comes directly after. */
export function predecessors(flow: Flow): ReadonlyMap<string, readonly string[]> {
  return new Map(
    flow.steps.map((step, index) => {
      const before = flow.steps[index - 1];
      return [step.id, step.after ?? (before ? [before.id] : [])];
    }),
  );
}

/** All steps that come before a step on any path, itself left out. */
export function ancestors(flow: Flow): ReadonlyMap<string, ReadonlySet<string>> {
  const direct = predecessors(flow);
  const found = new Map<string, Set<string>>();
  for (const step of flow.steps) {
    const all = new Set<string>();
    for (const before of direct.get(step.id) ?? []) {
      all.add(before);
      for (const earlier of found.get(before) ?? []) all.add(earlier);
    }
    found.set(step.id, all);
  }
  return found;
}

/** The steps run in an order that cannot be drawn as a sequence with parallel branches. */
export class NotSeriesParallel extends Error {
  constructor(flow: Flow, steps: readonly Step[]) {
    super(
      `${flow.id}: the steps ${steps.map(({ id }) => id).join(', ')} depend on each other in a way that cannot be drawn as parallel branches; let one of them come after the others`,
    );
    this.name = 'NotSeriesParallel';
  }
}

/**
 * Arranges a flow's steps as a sequence with parallel branches and conditional parts.
 * @throws NotSeriesParallel when `after` relations cross between branches
 */
export function arrange(flow: Flow): Sequence {
  const before = ancestors(flow);
  const ordered = (a: Step, b: Step) => before.get(a.id)?.has(b.id) || before.get(b.id)?.has(a.id);

  const sequence = (steps: readonly Step[]): Sequence => {
    if (steps.length === 0) return [];
    if (steps.length === 1) return steps.map((step) => ({ kind: 'step', step }));
    const groups = connected(steps, ordered);
    if (groups.length > 1) return [{ kind: 'parallel', branches: groups.map(sequence) }];
    // Parts that follow one another: steps that are not ordered belong to the same part.
    const parts = connected(steps, (a, b) => !ordered(a, b));
    if (parts.length === 1) throw new NotSeriesParallel(flow, steps);
    return parts.sort(([a], [b]) => (a && b && before.get(a.id)?.has(b.id) ? 1 : -1)).flatMap(sequence);
  };
  return nameChoices(joinConditions(sequence(flow.steps)));
}

/** Groups of steps that no pair of such steps links to another group. */
function connected(steps: readonly Step[], linked: (a: Step, b: Step) => boolean | undefined): Step[][] {
  const groups: Step[][] = [];
  const left = new Set(steps);
  for (const start of steps) {
    if (!left.delete(start)) continue;
    const group = [start];
    for (const member of group)
      for (const other of [...left])
        if (linked(member, other)) {
          left.delete(other);
          group.push(other);
        }
    groups.push(steps.filter((step) => group.includes(step)));
  }
  return groups;
}

/** Puts neighbours that depend on the same flag into one choice, by its value, unless one of them can change it. */
function joinConditions(sequence: Sequence): Sequence {
  const joined: Node[] = [];
  for (const node of sequence) {
    if (node.kind === 'parallel') {
      joined.push({ kind: 'parallel', branches: node.branches.map(joinConditions) });
      continue;
    }
    const condition = node.kind === 'step' ? node.step.when : undefined;
    if (!condition) {
      joined.push(node);
      continue;
    }
    const last = joined.at(-1);
    const choice =
      last?.kind === 'choice' && last.flag === condition.flag && !canTurn(last)
        ? last
        : ({ kind: 'choice', flag: condition.flag, name: '', yes: [], no: [] } satisfies Node);
    const grown = condition.is
      ? { ...choice, yes: [...choice.yes, node] }
      : { ...choice, no: [...choice.no, node] };
    joined.splice(choice === last ? -1 : joined.length, 1, grown);
  }
  return joined;
}

/** Whether the flag that a choice asks for can be another one behind it. */
const canTurn = ({ flag, yes, no }: Node & { kind: 'choice' }): boolean =>
  [...yes, ...no].some((node) => node.kind === 'step' && canChange(node.step, flag));

/** Gives each choice the question that it asks; one that is asked again also says what depends on it. */
function nameChoices(sequence: Sequence, asked = new Set<string>()): Sequence {
  return sequence.map((node) => {
    if (node.kind === 'step') return node;
    if (node.kind === 'parallel')
      return { ...node, branches: node.branches.map((branch) => nameChoices(branch, asked)) };
    const { question } = FLAGS[node.flag];
    const [first] = [...node.yes, ...node.no];
    const name =
      asked.has(question) && first?.kind === 'step' ? `${question} (${first.step.title})` : question;
    asked.add(question);
    return { ...node, name };
  });
}

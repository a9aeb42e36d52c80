import { gateName } from '../compiler/asl.ts';
import { STATE_NAME_LIMIT } from '../compiler/definition.ts';
import { undoTasksOf } from '../compiler/undo.ts';
import { productsOf } from '../language/flow.ts';
import { arrange, type Sequence } from '../language/graph.ts';
import { named, type Rule, repeated } from './rule.ts';

const FLOW_ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+$/;
/** Where a flow can go on that is no step. */
const RESERVED_IDS = ['cancel', 'end', 'self'];
const STEP_ID = /^[a-z][a-zA-Z0-9]*$/;

/** States that the compiler adds to every flow. */
const SHARED_STATES = [
  'Repair',
  'Pause',
  'Resume',
  'Prepare undo',
  'Undo each step',
  'Which undo?',
  'Undo by system',
  'Repair the undo',
  'Pause the undo',
  'End as cancelled',
  'End early',
];

/** Ids go into keys, ARNs and file names; a flow's id starts with its product. */
export const idsAreWellFormed: Rule = (flow) => [
  ...(FLOW_ID.test(flow.id)
    ? []
    : [`is not a flow id: product, action and variant in small letters, such as fibre.create.existing-drop`]),
  ...(productsOf(flow).length === 1 && !productsOf(flow).some((product) => flow.id.startsWith(`${product}.`))
    ? [`is for ${productsOf(flow).join()}, so its id must start with ${productsOf(flow).join()}.`]
    : []),
  ...flow.steps.flatMap((step) =>
    STEP_ID.test(step.id) && !RESERVED_IDS.includes(step.id)
      ? []
      : [
          `${named(step)}: a step id is one word of letters and digits, and not ${RESERVED_IDS.map((id) => `'${id}'`).join(' or ')}`,
        ],
  ),
];

/** A title is the name of a state: unique in the flow, and not longer than AWS allows. */
export const titlesAreStateNames: Rule = (flow) => {
  const names = [
    ...stateNames(arrange(flow)),
    ...SHARED_STATES,
    ...undoTasksOf(flow).flatMap(({ kind, title }) => (kind === 'manual' ? [title] : [])),
  ];
  return [
    ...flow.steps.flatMap((step) => (step.title.trim() === '' ? [`${named(step)} has no title`] : [])),
    ...repeated(names).map(
      (name) =>
        `has more than one state '${name}': give a step or gate another title, or put its steps together`,
    ),
    ...names
      .filter((name) => name.length > STATE_NAME_LIMIT)
      .map((name) => `has a state name of more than ${STATE_NAME_LIMIT} characters: '${name}'`),
  ];
};

/** Names of the states that the steps become. */
function stateNames(sequence: Sequence): string[] {
  return sequence.flatMap((node) => {
    if (node.kind === 'step')
      return [...(node.step.gates.length > 0 ? [gateName(node.step)] : []), node.step.title];
    return node.kind === 'choice'
      ? [node.name, ...stateNames(node.yes), ...stateNames(node.no)]
      : node.branches.flatMap(stateNames);
  });
}

import { DESKS } from '#shared/domain/desks.ts';
import type { Product } from '#shared/domain/products.ts';
import { toMermaid } from '../compiler/mermaid.ts';
import { rejectionsOf } from '../language/flags.ts';
import { type Flow, type Gate, productsOf, type Step } from '../language/flow.ts';
import { predecessors } from '../language/graph.ts';
import { picture, table } from './markdown.ts';
import { consequence, doneBy, inWords, noReturn, undoneBy, waitsFor } from './words.ts';

/** A file of `docs/flows/`. */
export interface Page {
  readonly file: string;
  readonly content: string;
}

const GENERATED = '<!-- Written by `npm run flow:docs` from the flows in state-machines/. Do not edit. -->';
const WITHOUT_PRODUCT = 'order-management';

const PRODUCT_TITLES: Readonly<Record<Product, string>> = {
  fibre: 'Fibre',
  shdsl: 'SHDSL',
  xdsl: 'ADSL and VDSL',
  'cable-tv': 'Cable TV',
  coax: 'Cable broadband',
  internet: 'Internet',
  router: 'Router',
  'set-top-box': 'Set-top box',
  iptv: 'IPTV',
  vod: 'Video on demand',
  voip: 'IP telephony',
  hardware: 'Other hardware',
  'mobile-postpaid': 'Mobile, postpaid',
  'mobile-prepaid': 'Mobile, prepaid',
  'mobile-broadband': 'Mobile broadband',
  number: 'Number desk',
  technician: 'Technician',
  collection: 'Collection',
};
const titles: Readonly<Record<string, string>> = {
  ...PRODUCT_TITLES,
  [WITHOUT_PRODUCT]: 'Order management',
};

/** The pages that describe a catalogue: an index, and one page for the flows of each product. */
export function flowPages(flows: readonly Flow[]): Page[] {
  const groups = [...Map.groupBy(flows, pageOf)];
  return [
    { file: 'README.md', content: indexPage(groups, gatesOf(flows)) },
    ...groups.map(([name, group]) => ({ file: `${name}.md`, content: productPage(name, group) })),
  ];
}

/** A flow that is for several products is on the page of the first. */
const pageOf = (flow: Flow): string => productsOf(flow)[0] ?? WITHOUT_PRODUCT;

const gatesOf = (flows: readonly Flow[]): { gate: Gate; flow: Flow; step: Step }[] =>
  flows.flatMap((flow) => flow.steps.flatMap((step) => step.gates.map((gate) => ({ gate, flow, step }))));

function indexPage(
  groups: readonly (readonly [string, readonly Flow[]])[],
  gates: ReturnType<typeof gatesOf>,
) {
  return page([
    '# Flows',
    'Each order item gets a suborder, and each suborder runs one of these flows. `npm run --silent flow -- <id>` prints a picture; `--asl` prints the state machine. How to write one: [Adding a flow](../adding-a-flow.md).',
    table(
      ['flow', 'what it does', 'steps', 'desks', 'usually takes'],
      groups.flatMap(([name, flows]) =>
        flows.map((flow) => [
          `[\`${flow.id}\`](${name}.md#${anchor(flow)})`,
          flow.title,
          String(flow.steps.length),
          [
            ...new Set(
              flow.steps.flatMap(({ task, desk }) =>
                task.kind === 'manual' ? DESKS[desk ?? task.desk].name : [],
              ),
            ),
          ].join(', '),
          inWords(flow.expected),
        ]),
      ),
    ),
    '## How to read the pictures',
    table(
      ['shape', 'means'],
      [
        ['rectangle', 'an underlying system, or Milepost itself, does it'],
        ['trapezoid', 'a person at a desk does it'],
        ['rounded', 'something outside happens and is reported as an event'],
        ['stadium', 'a date comes'],
        ['hexagon, dashed', 'a gate: waits for milestones of other suborders, if the order has such'],
        ['diamond', 'a condition; what is skipped counts as done'],
        [
          'thick border',
          'a point of no return: soft (a cancel costs a fee or a return) or hard (it is refused)',
        ],
        ['⚑', 'a milestone that is reached'],
        ['✉', 'a message to the customer, which nothing waits for'],
      ],
    ),
    'In the tables, the time limit is that of one attempt or one wait; what takes longer becomes fallout, a work item on a desk.',
    '## Gates between products',
    'They apply when the order has such suborders. What the order says itself (`reliesOn`) counts only between items that no gate links.',
    table(
      ['gate', 'holds back', 'until', 'because'],
      gates.map(({ gate, flow, step }) => [
        gate.id,
        `\`${flow.id}\`: ${step.title}`,
        waitsFor(gate),
        gate.why,
      ]),
    ),
  ]);
}

function productPage(name: string, flows: readonly Flow[]): string {
  return page([
    `# ${titles[name] ?? name}`,
    '[All flows, and how to read the pictures](README.md)',
    ...flows.flatMap(flowSection),
  ]);
}

function flowSection(flow: Flow): string[] {
  const before = predecessors(flow);
  return [
    `## \`${flow.id}\``,
    `**${flow.title}.** ${selectedBy(flow)} Usually takes ${inWords(flow.expected)}.`,
    picture(toMermaid(flow)),
    table(
      [
        'step',
        'kind',
        'done by',
        'comes after',
        'only if',
        'waits for',
        'reaches',
        'tells',
        'usually',
        'time limit',
        'undo',
        'point of no return',
      ],
      flow.steps.map((step) => [
        `**${step.title}** (\`${step.id}\`)`,
        step.task.kind,
        doneBy(step),
        step.after ? (before.get(step.id) ?? []).map((id) => `\`${id}\``).join(', ') : '',
        step.when ? `${step.when.is ? '' : 'not '}\`${step.when.flag}\`` : '',
        step.gates.map(waitsFor).join('; '),
        step.reaches ?? '',
        step.tells ?? '',
        inWords(step.task.expected),
        inWords(step.task.timeLimit),
        undoneBy(step.task),
        noReturn(step),
      ]),
    ),
    ...rejections(flow),
    ...pointsOfNoReturn(flow),
  ];
}

function selectedBy({ selects }: Flow): string {
  if (!selects) return 'No order item selects it: Milepost starts it.';
  const where = Object.entries(selects.where ?? {}).map(([name, value]) => `\`${name}\` is \`${value}\``);
  return `For items that \`${selects.action}\` ${selects.product}${where.length > 0 ? ` whose ${where.join(' and ')}` : ''}.`;
}

function rejections(flow: Flow): string[] {
  const rows = flow.steps.flatMap((step) =>
    Object.entries(rejectionsOf(step)).map(([code, rule]) => [step.title, `\`${code}\``, consequence(rule)]),
  );
  return rows.length > 0
    ? ['When a system or a person says no:', table(['step', 'rejection', 'then'], rows)]
    : [];
}

function pointsOfNoReturn(flow: Flow): string[] {
  const points = flow.steps.filter((step) => step.noReturn);
  if (points.length === 0) return ['No point of no return before the end: a cancel undoes what was done.'];
  return [
    'Points of no return:',
    points
      .map(
        (step) =>
          `- **${step.title}**: ${noReturn(step)}. ${
            step.noReturn?.type === 'hard'
              ? 'A cancel is refused.'
              : 'A cancel is possible, with a fee or a return.'
          }`,
      )
      .join('\n'),
  ];
}

/** The anchor that Markdown viewers give to a flow's heading. */
const anchor = ({ id }: Flow): string => id.replaceAll('.', '');

const page = (blocks: readonly string[]): string => `${[GENERATED, ...blocks].join('\n\n')}\n`;

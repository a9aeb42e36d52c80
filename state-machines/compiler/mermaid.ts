import { DESKS } from '#shared/domain/desks.ts';
import type { Flow, Step } from '../language/flow.ts';
import { arrange, type Node, type Sequence } from '../language/graph.ts';

/** Colours of each kind of work; a point of no return comes last, since its border wins. */
const STYLES = {
  system: 'fill:#e8f1fb,stroke:#3b73af,color:#111',
  manual: 'fill:#fdf0d5,stroke:#b7791f,color:#111',
  event: 'fill:#e6f6ec,stroke:#2f855a,color:#111',
  timer: 'fill:#f3e8fd,stroke:#7b4bb0,color:#111',
  gate: 'fill:#f4f4f5,stroke:#71717a,color:#111,stroke-dasharray:4 3',
  question: 'fill:#fff,stroke:#52525b,color:#111',
  soft: 'stroke:#c05621,stroke-width:3px',
  hard: 'stroke:#c53030,stroke-width:5px',
} as const;

type Style = keyof typeof STYLES;

const STYLE_NAMES = [
  'system',
  'manual',
  'event',
  'timer',
  'gate',
  'question',
  'soft',
  'hard',
] as const satisfies readonly Style[];

/** Where an arrow to the next node comes from. */
interface Exit {
  readonly from: string;
  readonly label?: string;
}

/**
 * Draws a flow as a Mermaid flowchart: systems are rectangles, desks trapezoids, events rounded, timers stadiums,
 * gates hexagons, conditions diamonds. `⚑` marks a milestone that is reached, `✉` a message to the customer,
 * a thick border a point of no return.
 */
export function toMermaid(flow: Flow): string {
  return new Picture().draw(flow);
}

class Picture {
  readonly #nodes: string[] = [];
  readonly #arrows: string[] = [];
  readonly #styled = new Map<Style, string[]>();
  #questions = 0;

  draw(flow: Flow): string {
    const exits = this.#sequence(arrange(flow), [{ from: 'start' }]);
    this.#connect(exits, 'finish');
    const classes = STYLE_NAMES.flatMap((style) => {
      const ids = this.#styled.get(style);
      return ids ? [{ style, ids }] : [];
    });
    return [
      'flowchart TD',
      `start(["${text(flow.id)}"])`,
      ...this.#nodes,
      'finish(["Done"])',
      ...this.#arrows,
      ...classes.map(({ style }) => `classDef ${style} ${STYLES[style]}`),
      ...classes.map(({ style, ids }) => `class ${ids.join(',')} ${style}`),
    ]
      .map((line, index) => (index === 0 ? line : `  ${line}`))
      .join('\n');
  }

  #sequence(sequence: Sequence, entries: readonly Exit[]): readonly Exit[] {
    return sequence.reduce<readonly Exit[]>((exits, node) => this.#node(node, exits), entries);
  }

  #node(node: Node, entries: readonly Exit[]): readonly Exit[] {
    if (node.kind === 'step') return this.#step(node.step, entries);
    if (node.kind === 'parallel') return node.branches.flatMap((branch) => this.#sequence(branch, entries));
    this.#questions += 1;
    const id = this.#add(`ask_${this.#questions}`, `{"${text(node.name)}"}`, 'question', entries);
    return [
      ...this.#sequence(node.yes, [{ from: id, label: 'yes' }]),
      ...this.#sequence(node.no, [{ from: id, label: 'no' }]),
    ];
  }

  #step(step: Step, entries: readonly Exit[]): readonly Exit[] {
    const entered = step.gates.length === 0 ? entries : [{ from: this.#gate(step, entries) }];
    const id = this.#add(`step_${step.id}`, shape(step), step.task.kind, entered);
    if (step.noReturn) this.#style(step.noReturn.type, id);
    return [{ from: id }];
  }

  #gate(step: Step, entries: readonly Exit[]): string {
    const lines = step.gates.map(({ title, milestones, match }) => [
      text(title),
      milestones.join(match === 'all' ? ' and ' : ' or '),
    ]);
    return this.#add(`gate_${step.id}`, `{{"${lines.flat().join('<br/>')}"}}`, 'gate', entries);
  }

  #add(id: string, drawing: string, style: Style, entries: readonly Exit[]): string {
    this.#nodes.push(`${id}${drawing}`);
    this.#style(style, id);
    this.#connect(entries, id);
    return id;
  }

  #connect(exits: readonly Exit[], to: string): void {
    for (const { from, label } of exits) this.#arrows.push(`${from} -->${label ? `|${label}|` : ''} ${to}`);
  }

  #style(style: Style, id: string): void {
    const ids = this.#styled.get(style);
    if (ids) ids.push(id);
    else this.#styled.set(style, [id]);
  }
}

/** A step's outline and words. */
function shape(step: Step): string {
  const label = `"${[text(step.title), ...details(step)].join('<br/>')}"`;
  switch (step.task.kind) {
    case 'system':
      return `[${label}]`;
    case 'manual':
      return `[/${label}\\]`;
    case 'event':
      return `(${label})`;
    case 'timer':
      return `([${label}])`;
  }
}

const details = ({ task, desk, reaches, tells, announces, reminders, noReturn }: Step): string[] => [
  ...(task.kind === 'manual' ? [`desk: ${text(DESKS[desk ?? task.desk].name)}`] : []),
  ...(announces ? [`✉ ${announces}`] : []),
  ...reminders.map((reminder) => `✉ ${reminder.tells}`),
  ...(task.kind === 'event' ? Object.values(task.toldBy ?? {}) : []).map((message) => `✉ ${message}`),
  ...(reaches ? [`⚑ ${reaches}`] : []),
  ...(tells ? [`✉ ${tells}`] : []),
  ...(noReturn
    ? [`${noReturn.type} point of no return${noReturn.at === 'start' ? ', from its start' : ''}`]
    : []),
];

/** Text inside a quoted label. */
const text = (words: string): string => words.replaceAll('"', '#quot;');

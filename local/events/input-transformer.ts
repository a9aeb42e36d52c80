/** An input path or template of an EventBridge target that cannot be applied. */
export class InvalidInputTransformerError extends Error {
  override readonly name = 'InvalidInputTransformerError';
}

/** How a rule makes the input of a target from an event. */
export interface InputTransformer {
  /** Paths (`$.detail.id`) by variable name. */
  readonly inputPathsMap?: Readonly<Record<string, string>>;
  /** JSON with `<variable>` in it, or a text in quotes. */
  readonly inputTemplate: string;
}

/** What a template may say about the rule itself. */
export interface RuleFacts {
  readonly ruleArn?: string;
  readonly ruleName?: string;
  /** ISO 8601. */
  readonly ingestionTime?: string;
}

/** Most variables and longest template that AWS accepts. */
const mostVariables = 100;
const longestTemplate = 8192;

/**
 * The part of an event that a path such as `$.detail.items[0].id` or `$['detail-type']` points at; undefined
 * when there is none. EventBridge knows only names and positions, no filters and no wildcards.
 *
 * @throws InvalidInputTransformerError for anything else
 */
export function inputPath(path: string, event: unknown): unknown {
  return compileInputPath(path)(event);
}

/** {@link inputPath} for many events: refuses a bad path at once. */
export function compileInputPath(path: string): (event: unknown) => unknown {
  const keys = pathKeys(path);
  return (event) => {
    let value = event;
    for (const key of keys) {
      if (typeof value !== 'object' || value === null) return undefined;
      value = Object.entries(value).find(([name]) => name === key)?.[1];
    }
    return value;
  };
}

/**
 * Applies an input transformer; the result is parsed when it is JSON, else it is the text. Rules after the
 * EventBridge user guide, "Transforming Amazon EventBridge target input".
 *
 * - outside quotes a variable becomes JSON, inside quotes its text; an object inside quotes loses its quotes
 * - a variable whose path points at nothing becomes an empty text
 *
 * @throws InvalidInputTransformerError
 */
export function inputTransformer(
  transformer: InputTransformer,
  event: unknown,
  rule: RuleFacts = {},
): unknown {
  return compileInputTransformer(transformer)(event, rule);
}

/** {@link inputTransformer} for many events: refuses a bad path or an unknown variable at once. */
export function compileInputTransformer(
  transformer: InputTransformer,
): (event: unknown, rule?: RuleFacts) => unknown {
  const { inputPathsMap = {}, inputTemplate } = transformer;
  const paths = Object.entries(inputPathsMap).map(([name, path]) => {
    if (name.startsWith('aws.')) throw new InvalidInputTransformerError(`"${name}" is a reserved name`);
    return { name, valueIn: compileInputPath(path) };
  });
  if (paths.length > mostVariables)
    throw new InvalidInputTransformerError(`more than ${mostVariables} variables`);
  if (inputTemplate.length > longestTemplate)
    throw new InvalidInputTransformerError(`the template is longer than ${longestTemplate} characters`);
  const variablesFor = (event: unknown, rule: RuleFacts) =>
    new Map<string, unknown>([
      ...paths.map(({ name, valueIn }): [string, unknown] => [name, valueIn(event)]),
      ...predefined(event, rule),
    ]);
  fillTemplate(inputTemplate, variablesFor({}, {}));
  return (event, rule = {}) => {
    const filled = fillTemplate(inputTemplate, variablesFor(event, rule));
    try {
      return JSON.parse(filled);
    } catch {
      return filled;
    }
  };
}

function predefined(event: unknown, rule: RuleFacts): [string, unknown][] {
  const withoutDetail =
    typeof event === 'object' && event !== null
      ? Object.fromEntries(Object.entries(event).filter(([key]) => key !== 'detail'))
      : event;
  return [
    ['aws.events.rule-arn', rule.ruleArn],
    ['aws.events.rule-name', rule.ruleName],
    ['aws.events.event.ingestion-time', rule.ingestionTime],
    ['aws.events.event', withoutDetail],
    ['aws.events.event.json', event],
  ];
}

function fillTemplate(template: string, variables: ReadonlyMap<string, unknown>): string {
  let quoted = false;
  return template.replace(/\\[\s\S]|"|<([A-Za-z0-9_.-]+)>/g, (token: string, name: string | undefined) => {
    if (name === undefined) {
      if (token === '"') quoted = !quoted;
      return token;
    }
    if (!variables.has(name)) throw new InvalidInputTransformerError(`there is no variable <${name}>`);
    const value = variables.get(name) ?? '';
    if (!quoted) return JSON.stringify(value);
    if (typeof value === 'object') return JSON.stringify(value).replaceAll('"', '');
    return JSON.stringify(String(value)).slice(1, -1);
  });
}

function pathKeys(path: string): string[] {
  if (!/^\$(?:\.[A-Za-z0-9_-]+|\[\d+\]|\['[^']+'\])*$/.test(path))
    throw new InvalidInputTransformerError(`"${path}" is not a path`);
  return [...path.matchAll(/\.([A-Za-z0-9_-]+)|\[(\d+)\]|\['([^']+)'\]/g)].map(
    ([, name, position, quotedName]) => name ?? position ?? quotedName ?? '',
  );
}

import jsonata from 'jsonata';
import { type EvaluationSite, inState, QueryEvaluationError } from './errors.ts';
import { type FunctionSources, stepFunctionsLibrary } from './functions.ts';
import { isJsonObject, type Json, type JsonObject, jsonTypeName, toJson } from './json.ts';

/** Text between `{%` and `%}` that is not JSONata. */
export class ExpressionSyntaxError extends Error {
  override readonly name = 'ExpressionSyntaxError';
}

/** What an expression sees, and in whose name it fails. */
export interface EvaluationScope {
  readonly stateName: string;
  readonly enteredEventId: number;
  /** `$states`. */
  readonly states: {
    readonly input: Json;
    readonly result?: Json;
    readonly errorOutput?: Json;
    readonly context: Json;
  };
  readonly variables: Readonly<JsonObject>;
}

type Expression = ReturnType<typeof jsonata>;

const compiled = new Map<string, Expression>();

/** The code of a JSONata string, without the delimiters; undefined for any other string, which is a literal. */
export function expressionIn(text: string): string | undefined {
  return text.length >= 4 && text.startsWith('{%') && text.endsWith('%}')
    ? text.slice(2, -2).trim()
    : undefined;
}

/** An evaluation that goes deeper or takes longer than any that is meant is ended. */
const DEEPEST_NESTING = 5_000;
const MOST_STEPS = 1_000_000;

/** Ends what would evaluate an expression without end; counted in steps, so that it ends the same everywhere. */
function bounded(expression: Expression): Expression {
  const steps = new WeakMap<object, number>();
  const count = (_node: unknown, _input: unknown, { base }: { readonly base: object }) => {
    const made = (steps.get(base) ?? 0) + 1;
    if (made > MOST_STEPS)
      throw Object.assign(new Error(`more than ${MOST_STEPS} steps`), { code: 'D1012', value: MOST_STEPS });
    steps.set(base, made);
  };
  // The library calls what is bound to this symbol at every step; its types know names only.
  Reflect.apply(expression.assign, expression, [Symbol.for('jsonata.__evaluate_entry'), count]);
  return expression;
}

/** @throws {ExpressionSyntaxError} */
export function compileExpression(code: string): Expression {
  const known = compiled.get(code);
  if (known) return known;
  if (/\$\$(?![\w$])/.test(code.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '')))
    throw new ExpressionSyntaxError("'$$' is not available, use $states.input");
  try {
    const expression = bounded(jsonata(code, { stack: DEEPEST_NESTING }));
    compiled.set(code, expression);
    return expression;
  } catch (error) {
    throw new ExpressionSyntaxError(jsonataMessage(error).message);
  }
}

/** Evaluates the JSONata in definitions the way Step Functions does. */
export class Expressions {
  readonly #library: Readonly<Record<string, unknown>>;

  constructor(sources: FunctionSources) {
    this.#library = stepFunctionsLibrary(sources);
  }

  /**
   * A template with every JSONata string in it replaced by its value.
   * @param field where the template stands, such as `Arguments` or `Catch[0]/Output`
   * @throws {QueryEvaluationError} with AWS's cause
   */
  async evaluate(template: Json, field: string, scope: EvaluationScope): Promise<Json> {
    if (typeof template === 'string') {
      const code = expressionIn(template);
      return code === undefined ? template : this.#run(code, field, scope);
    }
    if (Array.isArray(template)) {
      const items: Json[] = [];
      for (const [index, item] of template.entries())
        items.push(await this.evaluate(item, `${field}[${index}]`, scope));
      return items;
    }
    if (!isJsonObject(template)) return template;
    const object: JsonObject = {};
    for (const [key, value] of Object.entries(template))
      object[key] = await this.evaluate(value, `${field}/${key}`, scope);
    return object;
  }

  /** As {@link evaluate}, for a field that takes one type only. */
  async evaluateAs<T extends Json>(
    kind: FieldKind<T>,
    template: Json,
    field: string,
    scope: EvaluationScope,
  ): Promise<T> {
    const value = await this.evaluate(template, field, scope);
    if (kind.is(value)) return value;
    const code =
      typeof template === 'string' ? (expressionIn(template) ?? template) : JSON.stringify(template);
    throw failure(
      scope,
      `The JSONata expression '${code}' specified for the field '${field}' returned an unexpected result type. ` +
        `Expected '${kind.name}', but was '${jsonTypeName(value)}' for value: ${JSON.stringify(value)}`,
      field,
    );
  }

  async #run(code: string, field: string, scope: EvaluationScope): Promise<Json> {
    const fail = (what: string): QueryEvaluationError =>
      failure(scope, `The JSONata expression '${code}' specified for the field '${field}' ${what}`, field);
    let value: unknown;
    try {
      value = await compileExpression(code).evaluate(undefined, {
        ...this.#library,
        ...scope.variables,
        states: scope.states,
      });
    } catch (error) {
      const { code: errorCode, message } = jsonataMessage(error);
      throw fail(`threw an error during evaluation${errorCode ? `. ${errorCode}` : ''}: ${message}`);
    }
    if (value === undefined) throw fail('returned nothing (undefined).');
    if (holdsFunction(value)) throw fail('returned an unsupported result type.');
    return toJson(value);
  }
}

/** A type that a field can insist on. */
export interface FieldKind<T extends Json> {
  readonly name: string;
  readonly is: (value: Json) => value is T;
}

export const FIELD = {
  array: { name: 'array', is: (value): value is Json[] => Array.isArray(value) },
  boolean: { name: 'boolean', is: (value): value is boolean => typeof value === 'boolean' },
  string: { name: 'string', is: (value): value is string => typeof value === 'string' },
  number: { name: 'number', is: (value): value is number => typeof value === 'number' },
  integer: { name: 'integer', is: (value): value is number => Number.isInteger(value) },
} satisfies Record<string, FieldKind<Json>>;

/** An evaluation failure in AWS's words; without `field`, what was wrong is not the value of one. */
export function failure(
  scope: Pick<EvaluationScope, 'stateName' | 'enteredEventId'>,
  what: string,
  field: string | undefined,
  site: EvaluationSite = 'before-state',
): QueryEvaluationError {
  return new QueryEvaluationError(inState(scope.stateName, scope.enteredEventId, what), field, site);
}

function holdsFunction(value: unknown): boolean {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  if ('_jsonata_lambda' in value || '_jsonata_function' in value) return true;
  return Object.values(value).some(holdsFunction);
}

/** JSONata throws plain objects with a code for what it refuses itself, errors for what functions refuse. */
function jsonataMessage(error: unknown): { code: string | undefined; message: string } {
  if (typeof error !== 'object' || error === null) return { code: undefined, message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const message = 'message' in error ? String(error.message) : 'unknown error';
  return { code, message };
}

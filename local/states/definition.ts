import type * as z from 'zod';
import { compileExpression, ExpressionSyntaxError, expressionIn } from './expressions.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import type { StateMachineType } from './model.ts';
import { isReferencePath, pathsIn, withoutSuffix } from './paths.ts';
import { parseResource, type TaskTarget } from './resources.ts';
import {
  anyState,
  branchSchema,
  type Catcher,
  type choiceSchema,
  type failSchema,
  machineSchema,
  type mapSchema,
  type nested,
  type PathFields,
  type parallelSchema,
  type passSchema,
  pathState,
  processorSchema,
  type Retrier,
  SCHEMAS,
  type succeedSchema,
  type taskSchema,
  type waitSchema,
} from './state-schemas.ts';

/** A definition that this interpreter does not run, refused when it is loaded. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
}

const MAX_NAME = 80;

interface Named {
  readonly Name: string;
  /** How the state passes data on when it is in JSONPath; its own Output, Arguments and the like are not used then. */
  readonly paths?: PathFields;
}
export type PassState = z.infer<typeof passSchema> & Named;
export type TaskState = z.infer<typeof taskSchema> & Named & { readonly target: TaskTarget };
export type ChoiceState = z.infer<typeof choiceSchema> & Named;
export type WaitState = z.infer<typeof waitSchema> & Named;
export type SucceedState = z.infer<typeof succeedSchema> & Named;
export type FailState = z.infer<typeof failSchema> & Named;
export type ParallelState = z.infer<typeof parallelSchema> & Named & { readonly branches: readonly Scope[] };
export type MapState = z.infer<typeof mapSchema> &
  Named & { readonly processor: Scope; readonly distributed: boolean };
export type State =
  | PassState
  | TaskState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;

/** States that lead to one another: a whole machine, a branch of a Parallel or the processor of a Map. */
export interface Scope {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

/** A definition that can be run. */
export interface Machine extends Scope {
  readonly timeoutSeconds: number | undefined;
}

/** JSONPath's fields, to say more than "unknown" about them. */
const JSONPATH_FIELDS = new Set([
  'InputPath',
  'OutputPath',
  'ResultPath',
  'ResultSelector',
  'Parameters',
  'Result',
  'ItemsPath',
  'SecondsPath',
  'TimestampPath',
  'TimeoutSecondsPath',
  'HeartbeatSecondsPath',
  'MaxConcurrencyPath',
  'ToleratedFailureCountPath',
  'ToleratedFailurePercentagePath',
  'ErrorPath',
  'CausePath',
  'Variable',
]);

/**
 * Reads a definition in Amazon States Language.
 * @throws {DefinitionError} naming state and field when there is anything in it that would not be run
 */
export function parseDefinition(definition: unknown, type: StateMachineType): Machine {
  const machine = parsePart(machineSchema, definition, 'State machine');
  const context = {
    queryLanguage: machine.QueryLanguage,
    mixed: machine.QueryLanguage === 'JSONPath' && hasJsonata(machine.States),
    type,
    names: new Set<string>(),
  };
  return {
    ...parseScope(machine, context, 'State machine', new Set()),
    timeoutSeconds: machine.TimeoutSeconds,
  };
}

interface ParseContext {
  readonly queryLanguage: 'JSONata' | 'JSONPath';
  /** There are states in JSONata in a machine in JSONPath: the latter are run as far as they are simple. */
  readonly mixed: boolean;
  readonly type: StateMachineType;
  /** Names of all states so far; they are unique in the whole machine. */
  readonly names: Set<string>;
}

function parseScope(
  { StartAt, States }: z.infer<typeof nested>,
  context: ParseContext,
  where: string,
  outerVariables: ReadonlySet<string>,
): Scope {
  const raw = Object.entries(States);
  const assigned = (state: Json) => (isJsonObject(state) && isJsonObject(state.Assign) ? state.Assign : {});
  const variables = new Set(outerVariables);
  for (const [name, state] of raw)
    for (const variable of Object.keys(assigned(state)).map(withoutSuffix)) {
      if (outerVariables.has(variable))
        throw new DefinitionError(
          `State '${name}': field 'Assign' names the variable '${variable}' of an outer scope`,
        );
      variables.add(variable);
    }
  const states = new Map(raw.map(([name, state]) => [name, parseState(name, state, context, variables)]));
  checkTransitions(StartAt, states, where);
  return { startAt: StartAt, states };
}

function parseState(name: string, raw: Json, context: ParseContext, variables: ReadonlySet<string>): State {
  const where = `State '${name}'`;
  if (name.length > MAX_NAME) throw new DefinitionError(`${where}: the name exceeds ${MAX_NAME} characters`);
  if (context.names.has(name)) throw new DefinitionError(`${where}: the name is used twice`);
  context.names.add(name);
  const own = isJsonObject(raw) ? raw : {};
  if (typeof own.Type !== 'string' || !(own.Type in SCHEMAS))
    throw new DefinitionError(
      `${where}: field 'Type' is ${JSON.stringify(own.Type)}, which is no state type`,
    );
  const language = own.QueryLanguage ?? context.queryLanguage;
  if (language !== 'JSONata') {
    if (context.mixed) return parsePathState(name, raw, context.type);
    throw new DefinitionError(
      `${where}: field 'QueryLanguage' is (by default) ${JSON.stringify(language)}; only JSONata is run`,
    );
  }
  const state = parsePart(anyState, raw, where);
  checkExpressions(state, where);
  switch (state.Type) {
    case 'Task':
      checkRecovery(state, where);
      return { ...state, Name: name, target: parseTarget(state, state.Arguments, context.type, where) };
    case 'Parallel':
      checkRecovery(state, where);
      return {
        ...state,
        Name: name,
        branches: state.Branches.map((branch, index) => {
          const part = `${where}: field 'Branches[${index}]'`;
          return parseScope(parsePart(branchSchema, branch, part), context, part, variables);
        }),
      };
    case 'Map': {
      checkRecovery(state, where);
      const part = `${where}: field 'ItemProcessor'`;
      const processor = parsePart(processorSchema, state.ItemProcessor, part);
      const distributed = processor.ProcessorConfig.Mode === 'DISTRIBUTED';
      checkMap(state, distributed, context, where);
      return {
        ...state,
        Name: name,
        distributed,
        processor: parseScope(processor, context, part, distributed ? new Set() : variables),
      };
    }
    case 'Wait':
      checkWait(state, where);
      return { ...state, Name: name };
    default:
      return { ...state, Name: name };
  }
}

/** Whether a state among these, or inside one of them, is in JSONata by its own word. */
function hasJsonata(states: JsonObject): boolean {
  return Object.values(states).some((state) => {
    if (!isJsonObject(state)) return false;
    const { QueryLanguage, Branches, ItemProcessor } = state;
    const scopes = [ItemProcessor, ...(Array.isArray(Branches) ? Branches : [])];
    return (
      QueryLanguage === 'JSONata' ||
      scopes.some((scope) => isJsonObject(scope) && isJsonObject(scope.States) && hasJsonata(scope.States))
    );
  });
}

/** A state in JSONPath beside states in JSONata: it is run when all that it does with data is to name places in it. */
function parsePathState(name: string, raw: Json, type: StateMachineType): State {
  const where = `State '${name}'`;
  const state = parsePart(pathState, raw, `${where} (in JSONPath)`);
  checkPaths(state, raw, where);
  switch (state.Type) {
    case 'Pass': {
      const { Type, Next, End, Assign, ...paths } = state;
      return { Type, Next, End, Assign, Name: name, paths };
    }
    case 'Task': {
      checkRecovery(state, where);
      const { InputPath, OutputPath, ResultPath, ResultSelector, Parameters, ...task } = state;
      const paths = { InputPath, OutputPath, ResultPath, ResultSelector, Parameters };
      return { ...task, Name: name, target: parseTarget(state, Parameters, type, where), paths };
    }
    case 'Wait': {
      checkWait(state, where);
      const { InputPath, OutputPath, ...wait } = state;
      return { ...wait, Name: name, paths: { InputPath, OutputPath } };
    }
    case 'Succeed': {
      const { Type, ...paths } = state;
      return { Type, Name: name, paths };
    }
    case 'Fail':
      return { ...state, Name: name };
  }
}

function checkPaths(state: z.infer<typeof pathState>, raw: Json, where: string): void {
  const parts = [state, ...('Catch' in state ? state.Catch : [])];
  const fields = parts.flatMap((part) => Object.entries(part)).filter(([field]) => field.endsWith('Path'));
  for (const [key, path] of [...fields, ...pathsIn(raw)])
    if (path !== null && path !== undefined && !(typeof path === 'string' && isReferencePath(path)))
      throw new DefinitionError(
        `${where}: field '${key}' is ${JSON.stringify(path)}; of JSONPath, only reference paths are run`,
      );
  const expressions = (value: unknown): boolean =>
    typeof value === 'string'
      ? expressionIn(value) !== undefined
      : typeof value === 'object' && value !== null && Object.values(value).some(expressions);
  if (expressions(raw)) throw new DefinitionError(`${where}: there is JSONata in a state in JSONPath`);
}

function checkWait(
  { Seconds, Timestamp }: { readonly Seconds?: unknown; readonly Timestamp?: unknown },
  where: string,
): void {
  if ((Seconds === undefined) === (Timestamp === undefined))
    throw new DefinitionError(`${where}: needs one of the fields 'Seconds' and 'Timestamp'`);
}

function checkMap(
  state: z.infer<typeof mapSchema>,
  distributed: boolean,
  context: ParseContext,
  where: string,
): void {
  for (const field of ['ItemReader', 'ItemBatcher', 'Label'] as const)
    if (!distributed && state[field] !== undefined)
      throw new DefinitionError(`${where}: field '${field}' needs a processor in mode DISTRIBUTED`);
  if (distributed && context.type === 'EXPRESS')
    throw new DefinitionError(`${where}: an EXPRESS machine has no Map in mode DISTRIBUTED`);
  if (state.Items !== undefined && state.ItemReader !== undefined)
    throw new DefinitionError(`${where}: fields 'Items' and 'ItemReader' exclude each other`);
}

function parseTarget(
  state: Pick<z.infer<typeof taskSchema>, 'Resource' | 'TimeoutSeconds' | 'HeartbeatSeconds'>,
  parameters: Json | undefined,
  type: StateMachineType,
  where: string,
): TaskTarget {
  const target = parseResource(state.Resource);
  if (!target)
    throw new DefinitionError(`${where}: field 'Resource' is ${state.Resource}, which is not supported`);
  if (type === 'EXPRESS' && target.pattern !== 'request')
    throw new DefinitionError(
      `${where}: field 'Resource' has .${target.pattern}, which EXPRESS cannot wait for`,
    );
  const { TimeoutSeconds: timeout, HeartbeatSeconds: heartbeat } = state;
  if (typeof timeout === 'number' && typeof heartbeat === 'number' && heartbeat >= timeout)
    throw new DefinitionError(`${where}: field 'HeartbeatSeconds' must be less than TimeoutSeconds`);
  if (isJsonObject(parameters)) {
    const given = Object.keys(parameters).map(withoutSuffix);
    const unknown = given.find((field) => target.accepts && !target.accepts.includes(field));
    if (unknown !== undefined)
      throw new DefinitionError(
        `${where}: field 'Arguments/${unknown}' is not supported by ${state.Resource}`,
      );
    const missing = target.requires.find((field) => !given.includes(field));
    if (missing !== undefined)
      throw new DefinitionError(`${where}: field 'Arguments/${missing}' is required by ${state.Resource}`);
  }
  return target;
}

function checkRecovery(
  state: { readonly Retry: Retrier[]; readonly Catch: Pick<Catcher, 'ErrorEquals'>[] },
  where: string,
): void {
  for (const field of ['Retry', 'Catch'] as const)
    for (const [index, { ErrorEquals }] of state[field].entries())
      if (ErrorEquals.includes('States.ALL') && (ErrorEquals.length > 1 || index < state[field].length - 1))
        throw new DefinitionError(
          `${where}: field '${field}[${index}]/ErrorEquals' must have States.ALL alone and last`,
        );
}

function checkTransitions(startAt: string, states: ReadonlyMap<string, State>, where: string): void {
  if (!states.has(startAt))
    throw new DefinitionError(`${where}: field 'StartAt' names '${startAt}', which is no state of it`);
  const reached = new Set([startAt]);
  for (const name of reached) {
    const state = states.get(name);
    for (const [field, next] of state ? transitions(state) : []) {
      if (!states.has(next))
        throw new DefinitionError(
          `State '${name}': field '${field}' names '${next}', which is no state beside it`,
        );
      reached.add(next);
    }
  }
  for (const [name, state] of states) {
    if (!reached.has(name)) throw new DefinitionError(`State '${name}' is not reachable`);
    if ('Choices' in state || state.Type === 'Succeed' || state.Type === 'Fail') continue;
    if ((state.Next === undefined) === (state.End !== true))
      throw new DefinitionError(`State '${name}': needs one of the fields 'Next' and 'End'`);
  }
}

function transitions(state: State): [field: string, next: string][] {
  const found: [string, string][] = [];
  if ('Next' in state && state.Next !== undefined) found.push(['Next', state.Next]);
  if ('Catch' in state)
    for (const [index, { Next }] of state.Catch.entries()) found.push([`Catch[${index}]/Next`, Next]);
  if ('Choices' in state) {
    for (const [index, { Next }] of state.Choices.entries()) found.push([`Choices[${index}]/Next`, Next]);
    if (state.Default !== undefined) found.push(['Default', state.Default]);
  }
  return found;
}

/** Compiles every expression of a state, those of the states inside it left to themselves. */
function checkExpressions(state: z.infer<typeof anyState>, where: string): void {
  const { Branches: _b, ItemProcessor: _p, ...own } = { Branches: null, ItemProcessor: null, ...state };
  const visit = (value: unknown, field: string): void => {
    if (typeof value === 'string') {
      const code = expressionIn(value);
      if (code === undefined) return;
      const missing = unavailable(code, field, state.Type);
      if (missing !== undefined)
        throw new DefinitionError(
          `${where}: field '${field}' refers to ${missing}, which is not available in it`,
        );
      try {
        compileExpression(code);
      } catch (error) {
        if (!(error instanceof ExpressionSyntaxError)) throw error;
        throw new DefinitionError(`${where}: field '${field}' is no valid JSONata: ${error.message}`);
      }
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) visit(item, `${field}[${index}]`);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) visit(item, field ? `${field}/${key}` : key);
    }
  };
  visit(own, '');
}

/** What of `$states` an expression refers to although the field it stands in has no such thing. */
function unavailable(code: string, field: string, type: State['Type']): string | undefined {
  const produced = /^(Output|Assign)\b/.test(field) && ['Task', 'Parallel', 'Map'].includes(type);
  if (!produced && /\$states\s*\.\s*result\b/.test(code)) return '$states.result';
  const caught = /^Catch\[\d+\]\/(Output|Assign)\b/.test(field);
  return !caught && /\$states\s*\.\s*errorOutput\b/.test(code) ? '$states.errorOutput' : undefined;
}

function parsePart<T extends z.ZodType>(schema: T, raw: unknown, where: string): z.infer<T> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) => describe(issue, where));
  throw new DefinitionError(problems.join('; '));
}

function describe(issue: z.core.$ZodIssue, where: string): string[] {
  const path = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `/${String(part)}`))
    .join('');
  const field = path.replace(/^\//, '');
  if (issue.code !== 'unrecognized_keys')
    return [field ? `${where}: field '${field}': ${issue.message}` : `${where}: ${issue.message}`];
  return issue.keys.map((key) => {
    const full = field ? `${field}/${key}` : key;
    const hint = JSONPATH_FIELDS.has(key) ? 'belongs to JSONPath; only JSONata is run' : 'is not supported';
    return `${where}: field '${full}' ${hint}`;
  });
}

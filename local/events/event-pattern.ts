import { BlockList, isIP } from 'node:net';
import * as z from 'zod';
import { compileWildcardParts, type WildcardPart } from '../iam/wildcard.ts';

/** A pattern that AWS would refuse; the message names the field. */
export class InvalidEventPatternError extends Error {
  override readonly name = 'InvalidEventPatternError';
}

/** A compiled event pattern: whether an event (as parsed from JSON) matches. */
export type EventMatcher = (event: unknown) => boolean;

/** Longest pattern AWS accepts, in characters. */
const longestPattern = 4096;
/** Most combinations that `$or` may stand for. */
const mostCombinations = 1000;

type Scalar = string | number | boolean | null;
/** Matches one value of a field. */
type ValueTest = (value: Scalar) => boolean;
interface FieldTest {
  readonly values: readonly ValueTest[];
  /** The field may be missing (`exists: false`). */
  readonly absent: boolean;
}
type Path = readonly string[];
/** Matches one object of the event, which stands at `path` in the whole `event`. */
type ObjectTest = (object: Readonly<Record<string, unknown>>, path: Path, event: unknown) => boolean;

const patternSchema = z.record(z.string(), z.json());
type PatternValue = z.output<typeof patternSchema>[string];

/**
 * Compiles an EventBridge event pattern, given as an object or as JSON text. All operators of the EventBridge
 * user guide, "Comparison operators for use in event patterns"; Lambda event source filters use the same.
 *
 * @throws InvalidEventPatternError
 */
export function compilePattern(pattern: unknown): EventMatcher {
  const text = typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
  if (text !== undefined && text.length > longestPattern)
    throw new InvalidEventPatternError(`the pattern is longer than ${longestPattern} characters`);
  const parsed = patternSchema.safeParse(typeof pattern === 'string' ? parseJson(pattern) : pattern);
  if (!parsed.success) throw new InvalidEventPatternError('the pattern is not a JSON object');
  const { test, combinations } = compileObject(parsed.data, []);
  if (combinations > mostCombinations)
    throw new InvalidEventPatternError(`$or makes more than ${mostCombinations} combinations`);
  return (event) => isRecord(event) && test(event, [], event);
}

/**
 * Refuses what AWS refuses.
 *
 * @throws InvalidEventPatternError
 */
export function validatePattern(pattern: unknown): void {
  compilePattern(pattern);
}

/**
 * Whether an event matches a pattern; compile the pattern first when there are many events.
 *
 * @throws InvalidEventPatternError
 */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  return compilePattern(pattern)(event);
}

interface CompiledObject {
  readonly test: ObjectTest;
  readonly combinations: number;
}

function compileObject(pattern: Readonly<Record<string, PatternValue>>, path: Path): CompiledObject {
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw invalid(path, 'empty objects are not allowed');
  let combinations = 1;
  const tests: ObjectTest[] = [];
  for (const [key, value] of entries) {
    const compiled = key === '$or' ? compileOr(value, path) : compileField(key, value, [...path, key]);
    combinations *= compiled.combinations;
    tests.push(compiled.test);
  }
  return { combinations, test: (object, at, event) => tests.every((test) => test(object, at, event)) };
}

function compileOr(value: PatternValue, path: Path): CompiledObject {
  const at = [...path, '$or'];
  if (!Array.isArray(value) || value.length < 2) throw invalid(at, 'takes a list of at least two objects');
  const branches = value.map((branch) => {
    if (!isPatternObject(branch)) throw invalid(at, 'takes a list of at least two objects');
    return compileObject(branch, path);
  });
  return {
    combinations: branches.reduce((sum, branch) => sum + branch.combinations, 0),
    test: (object, where, event) => branches.some((branch) => branch.test(object, where, event)),
  };
}

function compileField(key: string, value: PatternValue, path: Path): CompiledObject {
  if (Array.isArray(value)) {
    const field = compileLeaf(value, path);
    return { combinations: 1, test: (object, at, event) => testField(field, object, key, at, event) };
  }
  if (!isPatternObject(value)) throw invalid(path, 'must be an object or a list');
  const inner = compileObject(value, path);
  return {
    combinations: inner.combinations,
    test: (object, at, event) => {
      const below = [...at, key];
      const candidates = flatten(object[key]).filter(isRecord);
      // A field that must be missing is also missing from something that is no object.
      return (candidates.length === 0 ? [{}] : candidates).some((one) => inner.test(one, below, event));
    },
  };
}

function testField(
  field: FieldTest,
  object: Readonly<Record<string, unknown>>,
  key: string,
  path: Path,
  event: unknown,
): boolean {
  const found = flatten(ownValue(object, key)).filter(isScalar);
  if (found.some((value) => field.values.some((test) => test(value)))) return true;
  return field.absent && scalarsAt(event, [...path, key]).length === 0;
}

/** All values of a field in the whole event, in whichever item of a list they stand. */
function scalarsAt(value: unknown, path: Path): Scalar[] {
  const [key, ...rest] = path;
  if (key === undefined) return flatten(value).filter(isScalar);
  return flatten(value)
    .filter(isRecord)
    .flatMap((one) => scalarsAt(ownValue(one, key), rest));
}

function compileLeaf(alternatives: readonly PatternValue[], path: Path): FieldTest {
  if (alternatives.length === 0) throw invalid(path, 'empty lists are not allowed');
  const values: ValueTest[] = [];
  let absent = false;
  for (const alternative of alternatives) {
    if (Array.isArray(alternative)) throw invalid(path, 'lists within lists are not allowed');
    if (!isPatternObject(alternative)) {
      values.push((value) => value === alternative);
    } else {
      const [operator, argument] = soleEntry(alternative, path);
      if (operator === 'exists') {
        if (typeof argument !== 'boolean') throw invalid(path, 'exists takes true or false');
        if (argument) values.push(() => true);
        else absent = true;
      } else {
        const compile = operators.get(operator);
        if (!compile) throw invalid(path, `there is no operator "${operator}"`);
        values.push(compile(argument, path));
      }
    }
  }
  return { values, absent };
}

type OperatorCompiler = (argument: PatternValue, path: Path) => ValueTest;

const operators: ReadonlyMap<string, OperatorCompiler> = new Map<string, OperatorCompiler>([
  ['prefix', (argument, path) => compileAffix('prefix', argument, path)],
  ['suffix', (argument, path) => compileAffix('suffix', argument, path)],
  ['equals-ignore-case', compileEqualsIgnoreCase],
  ['wildcard', compileWildcardOperator],
  ['anything-but', compileAnythingBut],
  ['numeric', compileNumeric],
  ['cidr', compileCidr],
]);

function compileAffix(kind: 'prefix' | 'suffix', argument: PatternValue, path: Path): ValueTest {
  if (isPatternObject(argument)) {
    const [operator, text] = soleEntry(argument, path);
    if (operator !== 'equals-ignore-case' || typeof text !== 'string')
      throw invalid(path, `${kind} takes a text or equals-ignore-case`);
    const wanted = text.toLowerCase();
    return onText((value) => hasAffix(kind, value.toLowerCase(), wanted));
  }
  if (typeof argument !== 'string') throw invalid(path, `${kind} takes a text`);
  return onText((value) => hasAffix(kind, value, argument));
}

function hasAffix(kind: 'prefix' | 'suffix', value: string, affix: string): boolean {
  return kind === 'prefix' ? value.startsWith(affix) : value.endsWith(affix);
}

function compileEqualsIgnoreCase(argument: PatternValue, path: Path): ValueTest {
  if (typeof argument !== 'string') throw invalid(path, 'equals-ignore-case takes a text');
  const wanted = argument.toLowerCase();
  return onText((value) => value.toLowerCase() === wanted);
}

/** `*` is any run of characters, `\*` and `\\` are the characters themselves. */
function compileWildcardOperator(argument: PatternValue, path: Path): ValueTest {
  if (typeof argument !== 'string') throw invalid(path, 'wildcard takes a text');
  const parts: WildcardPart[] = [];
  for (const [token] of argument.matchAll(/\\[\s\S]?|[\s\S]/gu)) {
    if (token.startsWith('\\')) {
      if (token !== '\\*' && token !== '\\\\') throw invalid(path, 'wildcard has an invalid escape');
      parts.push({ literal: token.slice(1) });
    } else if (token === '*') {
      if (parts.at(-1) === 'many') throw invalid(path, 'wildcard has two * in a row');
      parts.push('many');
    } else {
      parts.push({ literal: token });
    }
  }
  const wildcard = compileWildcardParts(parts);
  return onText((value) => wildcard.matches(value));
}

function compileAnythingBut(argument: PatternValue, path: Path): ValueTest {
  if (isPatternObject(argument)) {
    const [operator, operand] = soleEntry(argument, path);
    const compile = excludableOperators.get(operator);
    if (!compile) throw invalid(path, `anything-but cannot take the operator "${operator}"`);
    const operands = Array.isArray(operand) ? operand : [operand];
    if (operands.length === 0) throw invalid(path, 'anything-but takes at least one value');
    const excluded = operands.map((one) => {
      if (typeof one !== 'string' || one === '')
        throw invalid(path, `anything-but takes texts for ${operator}, and no empty ones`);
      return compile(one, path);
    });
    return (value) => !excluded.some((test) => test(value));
  }
  const excluded = Array.isArray(argument) ? argument : [argument];
  const kinds = new Set(excluded.map((one) => typeof one));
  if (kinds.size !== 1 || !(kinds.has('string') || kinds.has('number')))
    throw invalid(path, 'anything-but takes either texts or numbers');
  return (value) => !excluded.some((one) => one === value);
}

const excludableOperators: ReadonlyMap<string, OperatorCompiler> = new Map(
  [...operators].filter(([name]) => ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(name)),
);

/** Largest number either way that AWS compares. */
const largestNumber = 5_000_000_000;
const comparisons: ReadonlyMap<string, (value: number, bound: number) => boolean> = new Map([
  ['=', (value, bound) => value === bound],
  ['<', (value, bound) => value < bound],
  ['<=', (value, bound) => value <= bound],
  ['>', (value, bound) => value > bound],
  ['>=', (value, bound) => value >= bound],
]);

function compileNumeric(argument: PatternValue, path: Path): ValueTest {
  if (!Array.isArray(argument) || (argument.length !== 2 && argument.length !== 4))
    throw invalid(path, 'numeric takes one or two comparisons');
  const bounds: { operator: string; bound: number }[] = [];
  for (let at = 0; at < argument.length; at += 2) {
    const [operator, bound] = [argument[at], argument[at + 1]];
    if (typeof operator !== 'string' || !comparisons.has(operator))
      throw invalid(path, `numeric has no comparison ${JSON.stringify(operator)}`);
    if (typeof bound !== 'number' || Math.abs(bound) > largestNumber)
      throw invalid(path, `numeric compares with numbers from -${largestNumber} to ${largestNumber}`);
    bounds.push({ operator, bound });
  }
  const [lower, upper] = bounds;
  if (lower && upper) {
    if (!lower.operator.startsWith('>') || !upper.operator.startsWith('<'))
      throw invalid(path, 'numeric takes a lower bound first, then an upper');
    if (lower.bound >= upper.bound) throw invalid(path, 'numeric has its lower bound above its upper');
  }
  return (value) =>
    typeof value === 'number' &&
    bounds.every(({ operator, bound }) => comparisons.get(operator)?.(value, bound) === true);
}

function compileCidr(argument: PatternValue, path: Path): ValueTest {
  const [, network = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(String(argument)) ?? [];
  const family = isIP(network);
  if (family === 0 || Number(bits) > (family === 4 ? 32 : 128))
    throw invalid(path, 'cidr takes an address range such as 10.0.0.0/24');
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const range = new BlockList();
  range.addSubnet(network, Number(bits), type);
  return onText((value) => isIP(value) === family && range.check(value, type));
}

function onText(test: (value: string) => boolean): ValueTest {
  return (value) => typeof value === 'string' && test(value);
}

function soleEntry(object: Readonly<Record<string, PatternValue>>, path: Path): [string, PatternValue] {
  const [entry, ...others] = Object.entries(object);
  if (!entry || others.length > 0) throw invalid(path, 'only one operator is allowed in a match expression');
  return entry;
}

function invalid(path: Path, reason: string): InvalidEventPatternError {
  return new InvalidEventPatternError(path.length === 0 ? reason : `${path.join('.')}: ${reason}`);
}

function flatten(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.flatMap(flatten) : [value];
}

function ownValue(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isPatternObject(value: PatternValue): value is Record<string, PatternValue> {
  return isRecord(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): value is Scalar {
  return (
    value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidEventPatternError('the pattern is not JSON');
  }
}

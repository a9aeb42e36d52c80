import { arnComponents } from '../cloudformation/arn.ts';
import { substituteText, substituteVariables } from './policy-variables.ts';
import { compileWildcardParts } from './wildcard.ts';

/** Values of condition keys in a request. A list stands for a key with several values, such as `aws:TagKeys`. */
export type ConditionContext = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** Whether one condition (operator, key, values) holds; the context must have its keys in lower case. */
export type ConditionTest = (context: ConditionContext) => boolean;

/** Compares one value of the request with one of the policy. */
type Comparison = (actual: string, expected: string, context: ConditionContext) => boolean;

interface Operator {
  readonly compare: Comparison;
  /** Holds when no value of the policy compares true, also when the key is missing. */
  readonly negated: boolean;
  /** Fails the load for values that can never compare. */
  readonly check?: (expected: string) => boolean;
}

const literally =
  (compare: (actual: string, expected: string) => boolean): Comparison =>
  (actual, expected, context) => {
    const text = substituteText(expected, context);
    return text !== undefined && compare(actual, text);
  };

const like: Comparison = (actual, expected, context) => {
  const parts = substituteVariables(expected, context);
  return parts !== undefined && compileWildcardParts(parts).matches(actual);
};

/** Each of the six components is compared separately; the sixth may hold colons. */
const arnLike: Comparison = (actual, expected, context) => {
  const expectedParts = arnComponents(expected);
  const actualParts = arnComponents(actual);
  return expectedParts.length === actualParts.length
    ? expectedParts.every((part, index) => like(actualParts[index] ?? '', part, context))
    : false;
};

const isNumber = (text: string) => text.trim() !== '' && Number.isFinite(Number(text));
const numeric = (compare: (actual: number, expected: number) => boolean): Comparison =>
  literally((actual, expected) => isNumber(actual) && compare(Number(actual), Number(expected)));

/** Dates are ISO 8601 or epoch seconds. */
const toTime = (text: string) => (isNumber(text) ? Number(text) * 1000 : Date.parse(text));
const isDate = (text: string) => !Number.isNaN(toTime(text));
const dated = (compare: (actual: number, expected: number) => boolean): Comparison =>
  literally((actual, expected) => isDate(actual) && compare(toTime(actual), toTime(expected)));

const equal = literally((actual, expected) => actual === expected);
const equalIgnoringCase = literally((actual, expected) => actual.toLowerCase() === expected.toLowerCase());
const isBoolean = (text: string) => /^(true|false)$/i.test(text);

const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['StringEquals', { compare: equal, negated: false }],
  ['StringNotEquals', { compare: equal, negated: true }],
  ['StringEqualsIgnoreCase', { compare: equalIgnoringCase, negated: false }],
  ['StringNotEqualsIgnoreCase', { compare: equalIgnoringCase, negated: true }],
  ['StringLike', { compare: like, negated: false }],
  ['StringNotLike', { compare: like, negated: true }],
  ['ArnEquals', { compare: arnLike, negated: false }],
  ['ArnNotEquals', { compare: arnLike, negated: true }],
  ['ArnLike', { compare: arnLike, negated: false }],
  ['ArnNotLike', { compare: arnLike, negated: true }],
  ['Bool', { compare: equalIgnoringCase, negated: false, check: isBoolean }],
  ['NumericEquals', { compare: numeric((a, b) => a === b), negated: false, check: isNumber }],
  ['NumericNotEquals', { compare: numeric((a, b) => a === b), negated: true, check: isNumber }],
  ['NumericLessThan', { compare: numeric((a, b) => a < b), negated: false, check: isNumber }],
  ['NumericLessThanEquals', { compare: numeric((a, b) => a <= b), negated: false, check: isNumber }],
  ['NumericGreaterThan', { compare: numeric((a, b) => a > b), negated: false, check: isNumber }],
  ['NumericGreaterThanEquals', { compare: numeric((a, b) => a >= b), negated: false, check: isNumber }],
  ['DateEquals', { compare: dated((a, b) => a === b), negated: false, check: isDate }],
  ['DateNotEquals', { compare: dated((a, b) => a === b), negated: true, check: isDate }],
  ['DateLessThan', { compare: dated((a, b) => a < b), negated: false, check: isDate }],
  ['DateLessThanEquals', { compare: dated((a, b) => a <= b), negated: false, check: isDate }],
  ['DateGreaterThan', { compare: dated((a, b) => a > b), negated: false, check: isDate }],
  ['DateGreaterThanEquals', { compare: dated((a, b) => a >= b), negated: false, check: isDate }],
]);

/** A condition operator, or a value for one, that the evaluator does not know. */
export class InvalidConditionError extends Error {
  override readonly name = 'InvalidConditionError';
}

/**
 * Compiles one condition. Rules after the IAM user guide, "Condition operators" and "Multivalued context keys".
 *
 * @throws InvalidConditionError
 */
export function parseCondition(operator: string, key: string, expected: readonly string[]): ConditionTest {
  const keyName = key.toLowerCase();
  if (operator === 'Null') return nullCondition(keyName, expected);
  const shape = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator);
  const known = operators.get(shape?.[2] ?? '');
  if (!shape || !known) throw new InvalidConditionError(`unknown condition operator "${operator}"`);
  const { compare, negated, check } = known;
  const unusable = check && expected.find((value) => !value.includes('${') && !check(value));
  if (unusable !== undefined)
    throw new InvalidConditionError(`"${unusable}" is no value for the condition operator "${operator}"`);
  const whenMissing = shape[1] === 'ForAllValues' || shape[3] !== undefined || (negated && !shape[1]);
  return (context) => {
    const actual = valuesOf(context[keyName]);
    if (actual.length === 0) return whenMissing;
    const anyOf = (value: string) => expected.some((candidate) => compare(value, candidate, context));
    const holds = (value: string) => anyOf(value) !== negated;
    if (shape[1] === 'ForAllValues') return actual.every(holds);
    if (shape[1] === 'ForAnyValue') return actual.some(holds);
    return negated ? actual.every(holds) : actual.some(holds);
  };
}

function nullCondition(keyName: string, expected: readonly string[]): ConditionTest {
  if (expected.length === 0 || !expected.every(isBoolean))
    throw new InvalidConditionError('the condition operator "Null" takes true or false');
  const wanted = new Set(expected.map((value) => value.toLowerCase() === 'true'));
  return (context) => wanted.has(valuesOf(context[keyName]).length === 0);
}

function valuesOf(value: ConditionContext[string] | undefined): readonly string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [String(value)];
}

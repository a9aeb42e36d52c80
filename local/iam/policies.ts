import * as z from 'zod';
import { parseArn } from '../cloudformation/arn.ts';
import { type ConditionContext, type ConditionTest, parseCondition } from './policy-conditions.ts';
import { substituteVariables } from './policy-variables.ts';
import { compileWildcard, compileWildcardParts } from './wildcard.ts';

/** A policy document the evaluator cannot honour in full; loading it fails rather than ignoring a part. */
export class InvalidPolicyError extends Error {
  override readonly name = 'InvalidPolicyError';
}

/** Who makes a request, for policies that are attached to a resource. */
export interface PolicyPrincipal {
  /** `AWS`: an ARN or account id; `Service`: such as `events.amazonaws.com`. */
  readonly type: 'AWS' | 'Service';
  readonly id: string;
}

/** One request to be allowed or denied. */
export interface PolicyRequest {
  /** Such as `sqs:SendMessage`. */
  readonly action: string;
  /** ARN of what the action is done to, or `*` for actions that know no resource. */
  readonly resource: string;
  /** Condition keys; their names are compared without regard to case. */
  readonly context?: ConditionContext;
  /** Only looked at by policies parsed with the kind `resource`. */
  readonly principal?: PolicyPrincipal;
}

/** Names one statement, for reports. */
export interface StatementReference {
  readonly policy: string;
  /** Position in the policy, from 0. */
  readonly index: number;
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  /** The pattern of `Action` that covered the request; undefined for a statement with `NotAction`. */
  readonly actionPattern?: string;
  /** The pattern of `Resource` that covered the request; undefined for a statement without `Resource`. */
  readonly resourcePattern?: string;
}

/** The patterns of a statement that cover a request. */
export type Covering = Pick<StatementReference, 'actionPattern' | 'resourcePattern'>;

/** Outcome of {@link evaluate}. */
export interface PolicyDecision {
  readonly allowed: boolean;
  readonly reason: 'allowed' | 'explicit-deny' | 'no-statement';
  /** The denying statement, or else the first that allows; undefined when no statement applies. */
  readonly decidedBy?: StatementReference;
  /** Every statement that applies to the request, in order. */
  readonly applicable: readonly StatementReference[];
}

/** A statement of a {@link Policy}, compiled. */
export interface PolicyStatement {
  readonly reference: Omit<StatementReference, keyof Covering>;
  /** Patterns of `Action`; empty for a statement with `NotAction`. */
  readonly actions: readonly string[];
  /** Patterns of `Resource`; empty for a statement without. */
  readonly resources: readonly string[];
  /** Whether it applies, and through which of {@link actions} and {@link resources}. */
  appliesTo(request: PolicyRequest): Covering | undefined;
}

/** A compiled policy document. */
export interface Policy {
  readonly name: string;
  readonly statements: readonly PolicyStatement[];
}

const oneOrMore = z.union([z.string().transform((text) => [text]), z.array(z.string()).min(1)]);
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const conditionValues = z.union([scalar.transform((text) => [text]), z.array(scalar)]);
const principalSchema = z.union([
  z.literal('*'),
  z.strictObject({ AWS: oneOrMore.optional(), Service: oneOrMore.optional() }),
]);
const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: principalSchema.optional(),
  Action: oneOrMore.optional(),
  NotAction: oneOrMore.optional(),
  Resource: oneOrMore.optional(),
  NotResource: oneOrMore.optional(),
  Condition: z.record(z.string(), z.record(z.string(), conditionValues)).optional(),
});
const documentSchema = z.strictObject({
  Version: z.literal(['2012-10-17', '2008-10-17']).optional(),
  Id: z.string().optional(),
  Statement: z.union([statementSchema.transform((one) => [one]), z.array(statementSchema)]),
});
type StatementDocument = z.output<typeof statementSchema>;
type PrincipalDocument = z.output<typeof principalSchema>;

/** How a policy is attached: to an identity (role) or to a resource (queue, topic); the latter names principals. */
export type PolicyKind = 'identity' | 'resource';

/**
 * Compiles an IAM policy document. Rules after the IAM user guide, "Policy evaluation logic" and "JSON policy
 * element reference".
 *
 * @throws InvalidPolicyError for a malformed document, an unknown element or an unknown condition operator.
 */
export function parsePolicy(document: unknown, name = 'policy', kind: PolicyKind = 'identity'): Policy {
  const parsed = documentSchema.safeParse(document);
  if (!parsed.success) throw new InvalidPolicyError(`${name}: ${z.prettifyError(parsed.error)}`);
  return {
    name,
    statements: parsed.data.Statement.map((statement, index) => {
      try {
        return compileStatement(statement, kind, {
          policy: name,
          index,
          effect: statement.Effect,
          ...(statement.Sid === undefined ? {} : { sid: statement.Sid }),
        });
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new InvalidPolicyError(`${name}: statement ${statement.Sid ?? index}: ${reason}`);
      }
    }),
  };
}

/** Evaluates a request against all policies together: an explicit deny wins, else one allow is enough. */
export function evaluate(policies: readonly Policy[], request: PolicyRequest): PolicyDecision {
  const applicable: StatementReference[] = [];
  for (const policy of policies)
    for (const statement of policy.statements) {
      const applies = statement.appliesTo(request);
      if (applies) applicable.push({ ...statement.reference, ...applies });
    }
  const denied = applicable.find((statement) => statement.effect === 'Deny');
  if (denied) return { allowed: false, reason: 'explicit-deny', decidedBy: denied, applicable };
  const allowed = applicable[0];
  if (allowed) return { allowed: true, reason: 'allowed', decidedBy: allowed, applicable };
  return { allowed: false, reason: 'no-statement', applicable };
}

/** Whether the policies together allow a request; see {@link evaluate} for why. */
export function isAllowed(policies: readonly Policy[], request: PolicyRequest): boolean {
  return evaluate(policies, request).allowed;
}

function compileStatement(
  statement: StatementDocument,
  kind: PolicyKind,
  reference: PolicyStatement['reference'],
): PolicyStatement {
  const actionOf = compileActions(statement);
  const coversResource = compileResources(statement, kind);
  const coversPrincipal = compilePrincipal(statement.Principal, kind);
  const conditions: ConditionTest[] = [];
  for (const [operator, keys] of Object.entries(statement.Condition ?? {}))
    for (const [key, values] of Object.entries(keys)) conditions.push(parseCondition(operator, key, values));
  return {
    reference,
    actions: statement.Action ?? [],
    resources: statement.Resource ?? [],
    appliesTo(request) {
      const context = lowerCaseKeys(request.context ?? {});
      const action = actionOf(request.action);
      if (!action || !coversPrincipal(request.principal)) return undefined;
      const resource = coversResource(request.resource, context);
      if (!resource) return undefined;
      return conditions.every((test) => test(context)) ? { ...action, ...resource } : undefined;
    },
  };
}

function compileActions(
  statement: StatementDocument,
): (action: string) => Pick<Covering, 'actionPattern'> | undefined {
  const { Action: included, NotAction: excluded } = statement;
  if ((included === undefined) === (excluded === undefined))
    throw new InvalidPolicyError('needs either Action or NotAction');
  const patterns = (included ?? excluded ?? []).map((text) => {
    if (text !== '*' && !/^[a-z0-9-]+:[A-Za-z0-9*?]+$/i.test(text))
      throw new InvalidPolicyError(`"${text}" is not an action`);
    return { text, wildcard: compileWildcard(text.toLowerCase()) };
  });
  return (action) => {
    const hit = patterns.find(({ wildcard }) => wildcard.matches(action.toLowerCase()));
    if (excluded) return hit ? undefined : {};
    return hit && { actionPattern: hit.text };
  };
}

function compileResources(
  statement: StatementDocument,
  kind: PolicyKind,
): (resource: string, context: ConditionContext) => Pick<Covering, 'resourcePattern'> | undefined {
  const { Resource: included, NotResource: excluded } = statement;
  if (included !== undefined && excluded !== undefined)
    throw new InvalidPolicyError('has both Resource and NotResource');
  if (included === undefined && excluded === undefined) {
    if (kind === 'identity') throw new InvalidPolicyError('needs either Resource or NotResource');
    return () => ({});
  }
  const patterns = (included ?? excluded ?? []).map((text) => ({ text, covers: compileArn(text) }));
  return (resource, context) => {
    const hit = patterns.find(({ covers }) => covers(resource, context));
    if (excluded) return hit ? undefined : {};
    return hit && { resourcePattern: hit.text };
  };
}

/**
 * Compiles an ARN pattern. The first five components are compared one by one, so that a wildcard does not
 * reach over a colon; in the sixth it covers everything.
 */
function compileArn(pattern: string): (resource: string, context: ConditionContext) => boolean {
  if (pattern === '*') return () => true;
  const components = parseArn(pattern);
  if (!components) throw new InvalidPolicyError(`"${pattern}" is not an ARN pattern`);
  return (resource, context) => {
    const actual = parseArn(resource);
    return (
      actual !== undefined &&
      components.every((component, index) => {
        const parts = substituteVariables(component, context);
        return parts !== undefined && compileWildcardParts(parts).matches(actual[index] ?? '');
      })
    );
  };
}

function compilePrincipal(
  principal: PrincipalDocument | undefined,
  kind: PolicyKind,
): (principal: PolicyPrincipal | undefined) => boolean {
  if (kind === 'identity') {
    if (principal !== undefined)
      throw new InvalidPolicyError('has a Principal, which only resource policies may');
    return () => true;
  }
  if (principal === undefined) throw new InvalidPolicyError('needs a Principal');
  if (principal === '*') return () => true;
  return (actual) => {
    if (!actual) return false;
    return (principal[actual.type] ?? []).some((expected) => {
      if (expected === '*' || expected === actual.id) return true;
      if (actual.type !== 'AWS') return false;
      const account = /^arn:[^:]+:iam::(\d{12}):root$/.exec(expected)?.[1] ?? expected;
      return actual.id === account || parseArn(actual.id)?.[4] === account;
    });
  };
}

function lowerCaseKeys(context: ConditionContext): ConditionContext {
  return Object.fromEntries(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
}

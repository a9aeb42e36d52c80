// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like that
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, InvalidPolicyError, isAllowed, parsePolicy } from '#local/iam/policies.ts';

const queue = 'arn:aws:sqs:eu-west-1:111122223333:intake';

function allowing(statement: object) {
  return parsePolicy({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });
}

function allows(
  statement: object,
  action: string,
  resource: string,
  context: Record<string, string | number | boolean | string[]> = {},
): boolean {
  return isAllowed([allowing(statement)], { action, resource, context });
}

describe('actions and resources', () => {
  it.each([
    ['sqs:SendMessage', 'sqs:SendMessage', true],
    ['SQS:sendmessage', 'sqs:SendMessage', true],
    ['sqs:Send*', 'sqs:SendMessage', true],
    ['sqs:?endMessage', 'sqs:SendMessage', true],
    ['sqs:*', 'states:StartExecution', false],
    ['*', 'states:StartExecution', true],
  ])('action %s covers %s: %s', (pattern, action, expected) => {
    expect(allows({ Action: pattern, Resource: '*' }, action, queue)).toBe(expected);
  });

  it.each([
    [queue, queue, true],
    ['*', queue, true],
    ['arn:aws:sqs:*:*:intake', queue, true],
    ['arn:aws:sqs:*:intake:*', queue, false],
    ['arn:*:sqs:eu-west-1:111122223333:in?ake', queue, true],
    ['arn:aws:lambda:eu-west-1:1:function:f', 'arn:aws:lambda:eu-west-1:1:function:f:7', false],
    ['arn:aws:lambda:eu-west-1:1:function:f*', 'arn:aws:lambda:eu-west-1:1:function:f:7', true],
    ['arn:aws:dynamodb:eu-west-1:1:table/T/index/*', 'arn:aws:dynamodb:eu-west-1:1:table/T/index/I', true],
    ['arn:aws:dynamodb:eu-west-1:1:table/T', 'arn:aws:dynamodb:eu-west-1:1:table/T/index/I', false],
    [queue, '*', false],
  ])('resource %s covers %s: %s', (pattern, resource, expected) => {
    expect(allows({ Action: 'a:b', Resource: pattern }, 'a:b', resource)).toBe(expected);
  });

  it('turns NotAction and NotResource round', () => {
    const statement = { NotAction: ['iam:*', 'sqs:Delete*'], NotResource: queue };
    expect(allows(statement, 'sqs:SendMessage', 'arn:aws:sqs:eu-west-1:1:other')).toBe(true);
    expect(allows(statement, 'sqs:SendMessage', queue)).toBe(false);
    expect(allows(statement, 'iam:PassRole', 'arn:aws:sqs:eu-west-1:1:other')).toBe(false);
  });

  it('fills in policy variables literally and does not apply without them', () => {
    const statement = {
      Action: 'a:b',
      Resource: ['arn:aws:s3:::box/${aws:username}/*', 'arn:aws:s3:::x${*}'],
    };
    const to = (resource: string, name?: string) =>
      allows(statement, 'a:b', resource, name === undefined ? {} : { 'aws:UserName': name });
    expect(to('arn:aws:s3:::box/ida/1', 'ida')).toBe(true);
    expect(to('arn:aws:s3:::box/ida/1', '*')).toBe(false);
    expect(to('arn:aws:s3:::box/ida/1')).toBe(false);
    expect(to('arn:aws:s3:::x*')).toBe(true);
    expect(to('arn:aws:s3:::xy')).toBe(false);
    const fallback = { Action: 'a:b', Resource: "arn:aws:s3:::${aws:username, 'guest'}" };
    expect(allows(fallback, 'a:b', 'arn:aws:s3:::guest')).toBe(true);
  });
});

describe('evaluation', () => {
  const policies = [
    parsePolicy(
      {
        Statement: [
          { Sid: 'Send', Effect: 'Allow', Action: ['sqs:Receive*', 'sqs:SendMessage'], Resource: '*' },
          { Effect: 'Allow', Action: 'sqs:*', Resource: queue },
        ],
      },
      'worker',
    ),
    parsePolicy({
      Statement: {
        Sid: 'NeverPurge',
        Effect: 'Deny',
        Action: 'sqs:Purge*',
        Resource: '*',
      },
    }),
  ];

  it('names the statements that apply', () => {
    const decision = evaluate(policies, { action: 'sqs:SendMessage', resource: queue });
    expect(decision).toMatchObject({
      allowed: true,
      reason: 'allowed',
      decidedBy: { policy: 'worker', index: 0, sid: 'Send', actionPattern: 'sqs:SendMessage' },
    });
    expect(decision.applicable).toHaveLength(2);
  });

  it('lets an explicit deny win', () => {
    expect(evaluate(policies, { action: 'sqs:PurgeQueue', resource: queue })).toMatchObject({
      allowed: false,
      reason: 'explicit-deny',
      decidedBy: { sid: 'NeverPurge' },
    });
  });

  it('denies what no statement covers', () => {
    const decision = evaluate(policies, { action: 'states:StartExecution', resource: '*' });
    expect(decision).toEqual({ allowed: false, reason: 'no-statement', applicable: [] });
    expect(isAllowed([], { action: 'a:b', resource: '*' })).toBe(false);
  });

  it('never allows anything once everything is denied, whatever else is allowed', () => {
    const denyAll = parsePolicy({ Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] });
    fc.assert(
      fc.property(fc.subarray(policies), fc.string(), (some, name) => {
        expect(isAllowed([...some, denyAll], { action: `sqs:${name}`, resource: queue })).toBe(false);
      }),
    );
  });
});

describe('conditions', () => {
  type Values = Record<string, string | number | boolean | string[]>;
  const table: [string, Record<string, unknown>, Values, boolean][] = [
    ['StringEquals', { k: ['a', 'b'] }, { K: 'b' }, true],
    ['StringEquals', { k: 'a' }, {}, false],
    ['StringEqualsIfExists', { k: 'a' }, {}, true],
    ['StringNotEquals', { k: ['a', 'b'] }, { k: 'b' }, false],
    ['StringNotEquals', { k: ['a', 'b'] }, { k: 'c' }, true],
    ['StringNotEquals', { k: 'a' }, {}, true],
    ['StringEqualsIgnoreCase', { k: 'A' }, { k: 'a' }, true],
    ['StringLike', { k: 'a*' }, { k: 'abc' }, true],
    ['StringLike', { k: 'a?' }, { k: 'abc' }, false],
    ['StringNotLike', { k: 'a*' }, { k: 'abc' }, false],
    ['StringEquals', { k: '${other}' }, { k: 'v', other: 'v' }, true],
    ['StringEquals', { k: '${other}' }, { k: 'v' }, false],
    ['ArnLike', { k: 'arn:aws:events:*:*:rule/*' }, { k: 'arn:aws:events:eu-west-1:1:rule/a/b' }, true],
    ['ArnEquals', { k: 'arn:aws:events:*:rule/*' }, { k: 'arn:aws:events:eu-west-1:1:rule/a' }, false],
    ['Bool', { 'aws:SecureTransport': 'false' }, { 'aws:securetransport': false }, true],
    ['Bool', { 'aws:SecureTransport': false }, { 'aws:SecureTransport': 'true' }, false],
    ['Null', { k: 'true' }, {}, true],
    ['Null', { k: 'false' }, {}, false],
    ['Null', { k: false }, { k: 'x' }, true],
    ['NumericLessThanEquals', { k: '10' }, { k: 10 }, true],
    ['NumericGreaterThan', { k: 10 }, { k: 10 }, false],
    ['NumericEquals', { k: '1' }, { k: 'one' }, false],
    ['DateLessThan', { k: '2026-01-01T00:00:00Z' }, { k: '2025-12-31T23:59:59Z' }, true],
    ['DateGreaterThan', { k: '2026-01-01T00:00:00Z' }, { k: 1767225600 }, false],
    ['DateEquals', { k: '2026-01-01T00:00:00Z' }, { k: 1767225600 }, true],
    ['ForAllValues:StringEquals', { k: ['a', 'b'] }, { k: ['a', 'b', 'a'] }, true],
    ['ForAllValues:StringEquals', { k: ['a', 'b'] }, { k: ['a', 'c'] }, false],
    ['ForAllValues:StringEquals', { k: 'a' }, {}, true],
    ['ForAllValues:StringEquals', { k: 'a' }, { k: [] }, true],
    ['ForAnyValue:StringLike', { k: 'a*' }, { k: ['b', 'ab'] }, true],
    ['ForAnyValue:StringLike', { k: 'a*' }, {}, false],
    ['ForAnyValue:StringNotEquals', { k: 'a' }, { k: ['a', 'b'] }, true],
  ];

  it.each(table)('%s %j with %j: %s', (operator, keys, context, expected) => {
    const statement = { Action: 'a:b', Resource: '*', Condition: { [operator]: keys } };
    expect(allows(statement, 'a:b', '*', context)).toBe(expected);
  });

  it('wants every condition of a statement', () => {
    const statement = {
      Action: 'a:b',
      Resource: '*',
      Condition: { StringEquals: { x: '1', y: '2' }, Null: { z: 'true' } },
    };
    expect(allows(statement, 'a:b', '*', { x: '1', y: '2' })).toBe(true);
    expect(allows(statement, 'a:b', '*', { x: '1', y: '3' })).toBe(false);
    expect(allows(statement, 'a:b', '*', { x: '1', y: '2', z: 'here' })).toBe(false);
  });
});

describe('resource policies', () => {
  const policy = parsePolicy(
    {
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com', AWS: 'arn:aws:iam::111122223333:root' },
          Action: 'sqs:SendMessage',
          Resource: queue,
        },
      ],
    },
    'queue policy',
    'resource',
  );
  const send = { action: 'sqs:SendMessage', resource: queue };

  it('looks at the principal', () => {
    expect(isAllowed([policy], { ...send, principal: { type: 'Service', id: 'events.amazonaws.com' } })).toBe(
      true,
    );
    expect(
      isAllowed([policy], { ...send, principal: { type: 'AWS', id: 'arn:aws:iam::111122223333:role/x' } }),
    ).toBe(true);
    expect(
      isAllowed([policy], { ...send, principal: { type: 'AWS', id: 'arn:aws:iam::444455556666:role/x' } }),
    ).toBe(false);
    expect(isAllowed([policy], send)).toBe(false);
  });
});

describe('documents that cannot be honoured', () => {
  const base = { Effect: 'Allow', Action: 'a:b', Resource: '*' };
  it.each<[string, unknown]>([
    ['is not a document', 'text'],
    ['has no statement', {}],
    ['has an unknown version', { Version: '2020-01-01', Statement: [] }],
    ['has an unknown effect', { Statement: [{ ...base, Effect: 'Maybe' }] }],
    ['has an unknown element', { Statement: [{ ...base, Conditions: {} }] }],
    ['has both actions', { Statement: [{ ...base, NotAction: 'x:y' }] }],
    ['has no action', { Statement: [{ Effect: 'Allow', Resource: '*' }] }],
    ['has a malformed action', { Statement: [{ ...base, Action: 'SendMessage' }] }],
    ['has no resource', { Statement: [{ Effect: 'Allow', Action: 'a:b' }] }],
    ['has a resource that is no ARN', { Statement: [{ ...base, Resource: 'intake' }] }],
    [
      'has a resource with too few components',
      { Statement: [{ ...base, Resource: 'arn:aws:sqs:*:intake' }] },
    ],
    ['has a principal', { Statement: [{ ...base, Principal: '*' }] }],
    ['has an unknown operator', { Statement: [{ ...base, Condition: { StringIs: { k: 'a' } } }] }],
    ['qualifies Null', { Statement: [{ ...base, Condition: { NullIfExists: { k: 'true' } } }] }],
    ['has a bad boolean', { Statement: [{ ...base, Condition: { Bool: { k: 'yes' } } }] }],
    ['has a bad number', { Statement: [{ ...base, Condition: { NumericEquals: { k: 'x' } } }] }],
    ['has a bad date', { Statement: [{ ...base, Condition: { DateEquals: { k: 'noon' } } }] }],
  ])('refuses one that %s', (_reason, document) => {
    expect(() => parsePolicy(document)).toThrow(InvalidPolicyError);
  });

  it('says which statement', () => {
    expect(() =>
      parsePolicy({ Statement: [{ ...base, Sid: 'Odd', Condition: { StringIs: { k: 'a' } } }] }, 'role'),
    ).toThrow('role: statement Odd: unknown condition operator "StringIs"');
  });
});

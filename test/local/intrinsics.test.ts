// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub looks like that
import { describe, expect, it } from 'vitest';
import {
  DanglingReferenceError,
  resolveTemplate,
  type TemplateContext,
  TemplateError,
  UnknownIntrinsicError,
} from '#local/cloudformation/intrinsics.ts';

const context: TemplateContext = {
  region: 'eu-west-1',
  account: '111122223333',
  stackName: 'Demo',
  parameters: { Given: 'yes' },
  imports: new Map([['other:QueueArn', 'arn:q']]),
  physicalId: (logicalId, resource, resolve) => {
    const name = resource.properties.Name;
    return name === undefined ? `Demo-${logicalId}` : String(resolve(name));
  },
  attribute: (logicalId, attributeName) =>
    attributeName === 'Arn' ? `arn:aws:x:::${logicalId}` : attributeName === 'Tags' ? ['a', 'b'] : undefined,
};

/** Resolves one expression as a property of a resource beside a few others. */
function resolved(expression: unknown, more: object = {}): unknown {
  const template = {
    Parameters: {
      Given: { Type: 'String' },
      Version: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk/version' },
      Zones: { Type: 'CommaDelimitedList', Default: 'a, b' },
      Missing: { Type: 'String' },
    },
    Mappings: { Sizes: { 'eu-west-1': { memory: 256 } } },
    Conditions: {
      IsGiven: { 'Fn::Equals': [{ Ref: 'Given' }, 'yes'] },
      Elsewhere: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] }] },
      Both: { 'Fn::And': [{ Condition: 'IsGiven' }, { 'Fn::Not': [{ Condition: 'Elsewhere' }] }] },
      Either: { 'Fn::Or': [{ Condition: 'Elsewhere' }, { Condition: 'IsGiven' }] },
    },
    Resources: {
      Table: { Type: 'X::Table', Properties: { Name: { 'Fn::Sub': '${AWS::StackName}-orders' } } },
      Queue: { Type: 'X::Queue' },
      Absent: { Type: 'X::Queue', Condition: 'Elsewhere' },
      Under: { Type: 'X::Test', Properties: { it: expression } },
      ...more,
    },
  };
  return resolveTemplate(template, context).resources.get('Under')?.properties.it;
}

describe('intrinsic functions', () => {
  const cases: [string, unknown, unknown][] = [
    ['plain values', { a: [1, 'x', null, true] }, { a: [1, 'x', null, true] }],
    ['dynamic references', '{{resolve:ssm:/a/b}}', '{{resolve:ssm:/a/b}}'],
    ['a Ref to a parameter', { Ref: 'Given' }, 'yes'],
    ['a Ref to a default', { Ref: 'Version' }, '/cdk/version'],
    ['a Ref to a list', { Ref: 'Zones' }, ['a', 'b']],
    ['a Ref to a resource', { Ref: 'Queue' }, 'Demo-Queue'],
    ['a Ref to a named resource', { Ref: 'Table' }, 'Demo-orders'],
    [
      'pseudo parameters',
      ['Region', 'AccountId', 'Partition', 'URLSuffix', 'StackName'].map((p) => ({ Ref: `AWS::${p}` })),
      ['eu-west-1', '111122223333', 'aws', 'amazonaws.com', 'Demo'],
    ],
    ['Fn::GetAtt with a list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:aws:x:::Queue'],
    ['Fn::GetAtt with a text', { 'Fn::GetAtt': 'Queue.Arn' }, 'arn:aws:x:::Queue'],
    ['Fn::GetAtt that gives a list', { 'Fn::GetAtt': ['Queue', 'Tags'] }, ['a', 'b']],
    [
      'Fn::Sub',
      { 'Fn::Sub': '${Queue}/${Queue.Arn}/${AWS::Region}/${!Kept}' },
      'Demo-Queue/arn:aws:x:::Queue/eu-west-1/${Kept}',
    ],
    ['Fn::Sub with variables', { 'Fn::Sub': ['${X}-${Given}', { X: { Ref: 'Queue' } }] }, 'Demo-Queue-yes'],
    ['Fn::Join', { 'Fn::Join': ['', ['a', { Ref: 'Queue' }, 1]] }, 'aDemo-Queue1'],
    ['Fn::Join of a split', { 'Fn::Join': ['+', { 'Fn::Split': ['-', 'a-b'] }] }, 'a+b'],
    ['Fn::Select', { 'Fn::Select': ['1', { Ref: 'Zones' }] }, 'b'],
    ['Fn::Split', { 'Fn::Split': ['|', 'a||b'] }, ['a', '', 'b']],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'memory'] }, 256],
    ['Fn::ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': 'other:QueueArn' } }, 'arn:q'],
    ['Fn::Base64', { 'Fn::Base64': 'hé' }, 'aMOp'],
    ['Fn::If', { 'Fn::If': ['Both', 'then', { Ref: 'Absent' }] }, 'then'],
    ['Fn::If the other way', { 'Fn::If': ['Elsewhere', { Ref: 'Nowhere' }, 'else'] }, 'else'],
    ['Fn::Or', { 'Fn::If': ['Either', 1, 2] }, 1],
    ['AWS::NoValue in an object', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
    ['AWS::NoValue in a list', [1, { 'Fn::If': ['Elsewhere', 2, { Ref: 'AWS::NoValue' }] }], [1]],
    [
      'a policy condition',
      { Condition: { StringEquals: { k: 'v' } } },
      { Condition: { StringEquals: { k: 'v' } } },
    ],
    ['a lone Condition key', { Condition: 'text' }, { Condition: 'text' }],
  ];
  it.each(cases)('resolves %s', (_what, expression, expected) => {
    expect(resolved(expression)).toEqual(expected);
  });

  const failures: [string, unknown, typeof TemplateError, string][] = [
    [
      'an unknown function',
      { 'Fn::Cidr': ['10.0.0.0/16', 2, 8] },
      UnknownIntrinsicError,
      'Fn::Cidr is not supported',
    ],
    [
      'a dangling Ref',
      [{ Ref: 'Nowhere' }],
      DanglingReferenceError,
      'Resources.Under.Properties.it[0].Ref: there is no parameter or resource "Nowhere"',
    ],
    [
      'a parameter without value',
      { Ref: 'Missing' },
      DanglingReferenceError,
      'parameter "Missing" has no value',
    ],
    [
      'a resource that is not created',
      { Ref: 'Absent' },
      DanglingReferenceError,
      'condition "Elsewhere" is false',
    ],
    [
      'an unknown attribute',
      { 'Fn::GetAtt': ['Queue', 'Colour'] },
      DanglingReferenceError,
      'has no attribute "Colour"',
    ],
    ['a dangling substitution', { 'Fn::Sub': '${Nowhere}' }, DanglingReferenceError, 'Fn::Sub(Nowhere)'],
    ['an unknown condition', { 'Fn::If': ['Nope', 1, 2] }, DanglingReferenceError, 'no condition "Nope"'],
    ['an unknown mapping', { 'Fn::FindInMap': ['Sizes', 'x', 'y'] }, DanglingReferenceError, 'Sizes.x.y'],
    [
      'an unknown export',
      { 'Fn::ImportValue': 'nobody' },
      DanglingReferenceError,
      'nothing exports "nobody"',
    ],
    ['two functions in one object', { 'Fn::Join': ['', []], b: 1 }, TemplateError, 'must be the only key'],
    ['a Ref to no text', { Ref: 7 }, TemplateError, 'takes a text'],
    ['a short Fn::Join', { 'Fn::Join': [','] }, TemplateError, 'takes a list of 2'],
    ['a Fn::Join of objects', { 'Fn::Join': [',', [{ a: 1 }]] }, TemplateError, 'not a list or an object'],
    [
      'a Fn::Select out of range',
      { 'Fn::Select': [2, ['a', 'b']] },
      TemplateError,
      'no item 2 in a list of 2',
    ],
    ['a Fn::Split by nothing', { 'Fn::Split': ['', 'ab'] }, TemplateError, 'delimiter is empty'],
    [
      'AWS::NoValue where a value is needed',
      { 'Fn::Base64': { Ref: 'AWS::NoValue' } },
      TemplateError,
      'not a value here',
    ],
  ];
  it.each(failures)('refuses %s', (_what, expression, errorClass, message) => {
    expect(() => resolved(expression)).toThrow(errorClass);
    expect(() => resolved(expression)).toThrow(message);
  });
});

describe('resolveTemplate', () => {
  it('drops what a false condition leaves out, also from dependencies', () => {
    const { resources, outputs, exports } = resolveTemplate(
      {
        Conditions: { No: { 'Fn::Equals': ['a', 'b'] }, Yes: { 'Fn::Equals': ['1', 1] } },
        Resources: {
          A: { Type: 'T', Condition: 'No' },
          B: { Type: 'T', Condition: 'Yes', DependsOn: ['A', 'C'], Metadata: { 'aws:cdk:path': 'x' } },
          C: { Type: 'T', DependsOn: 'B' },
        },
        Outputs: {
          Gone: { Value: { Ref: 'A' }, Condition: 'No' },
          Kept: { Value: { Ref: 'B' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:B' } } },
        },
      },
      context,
    );
    expect([...resources.keys()]).toEqual(['B', 'C']);
    expect(resources.get('B')).toEqual({
      type: 'T',
      properties: {},
      metadata: { 'aws:cdk:path': 'x' },
      dependsOn: ['C'],
      condition: 'Yes',
    });
    expect(resources.get('C')?.dependsOn).toEqual(['B']);
    expect(outputs).toEqual(new Map([['Kept', 'Demo-B']]));
    expect(exports).toEqual(new Map([['Demo:B', 'Demo-B']]));
  });

  const broken: [string, unknown, string][] = [
    ['no template', 7, 'Template'],
    ['a template without resources', {}, 'Template'],
    ['a resource without type', { Resources: { A: {} } }, 'Template'],
    ['a macro', { Transform: 'AWS::Serverless-2016-10-31', Resources: {} }, 'Transform'],
    ['a dangling dependency', { Resources: { A: { Type: 'T', DependsOn: 'B' } } }, 'no resource "B"'],
    [
      'conditions in a circle',
      {
        Conditions: { A: { 'Fn::Not': [{ Condition: 'B' }] }, B: { 'Fn::Not': [{ Condition: 'A' }] } },
        Resources: { R: { Type: 'T', Condition: 'A' } },
      },
      'depends on itself',
    ],
    [
      'names in a circle',
      {
        Resources: {
          A: { Type: 'T', Properties: { Name: { Ref: 'B' } } },
          B: { Type: 'T', Properties: { Name: { Ref: 'A' } } },
        },
      },
      'depends on itself',
    ],
    [
      'a condition on a resource',
      {
        Conditions: { A: { 'Fn::Equals': [{ Ref: 'R' }, 'x'] } },
        Resources: { R: { Type: 'T', Condition: 'A' } },
      },
      'cannot look at resource',
    ],
    [
      'an export used twice',
      {
        Resources: {},
        Outputs: { A: { Value: 1, Export: { Name: 'x' } }, B: { Value: 2, Export: { Name: 'x' } } },
      },
      'exported twice',
    ],
  ];
  it.each(broken)('refuses %s', (_what, template, message) => {
    expect(() => resolveTemplate(template, context)).toThrow(TemplateError);
    expect(() => resolveTemplate(template, context)).toThrow(message);
  });
});

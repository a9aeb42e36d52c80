import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { templateProblems } from '#infra/checks/templates.ts';
import { FUNCTIONS } from '#infra/functions.ts';
import { addStacks } from '#infra/milepost.ts';
import { acknowledgeExceptions } from '#infra/nag-exceptions.ts';
import { functionName } from '#infra/names.ts';
import { QUEUES } from '#infra/queues.ts';
import { TABLES } from '#shared/store/tables.ts';

const folder = mkdtempSync(join(tmpdir(), 'milepost-synth-'));
const code = join(folder, 'code');
mkdirSync(code);
writeFileSync(join(code, 'index.mjs'), 'export const handler = () => {};');

const app = new App({
  outdir: join(folder, 'cdk.out'),
  analyticsReporting: false,
  builtinCloudFormationValidation: false,
});
addStacks(app, FUNCTIONS, () => code);
acknowledgeExceptions(app);
const assembly = app.synth();
const stacks = new Map(
  app.node.children.flatMap((child) =>
    Stack.isStack(child) ? [[child.stackName, Template.fromStack(child)]] : [],
  ),
);

function template(name: string): Template {
  const found = stacks.get(name);
  if (!found) throw new Error(`There is no stack ${name}`);
  return found;
}

/** The stacks with a resource of the type, of which there must be some. */
function stacksWith(type: string): Template[] {
  const found = [...stacks.values()].filter((stack) => Object.keys(stack.findResources(type)).length > 0);
  expect(found).not.toEqual([]);
  return found;
}

const roleSchema = z.object({
  Properties: z.object({ Description: z.string(), Policies: z.array(z.unknown()) }),
});

const statementsSchema = z.object({
  Properties: z.object({
    Policies: z
      .array(
        z.object({
          PolicyDocument: z.object({
            Statement: z.array(z.object({ Action: z.unknown(), Resource: z.unknown() })),
          }),
        }),
      )
      .default([]),
  }),
});

/** A function's role. */
function findRole(stack: string, id: string) {
  return Object.values(template(stack).findResources('AWS::IAM::Role')).find((role) =>
    roleSchema.parse(role).Properties.Description.startsWith(`${id}: `),
  );
}

/** What a function's role may do, as text. */
function roleOf(stack: string, id: string): string {
  const role = findRole(stack, id);
  return JSON.stringify(role && roleSchema.parse(role).Properties.Policies);
}

/** What a function's role may do. */
const statementsOf = (stack: string, id: string) =>
  statementsSchema
    .parse(findRole(stack, id))
    .Properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);

describe.each(assembly.stacks.map(({ stackName, templateFullPath }) => [stackName, templateFullPath]))(
  '%s',
  (_name, path) => {
    it('has room to grow, grants nothing at large and holds no secret', () => {
      expect(templateProblems(readFileSync(path, 'utf8'))).toEqual([]);
    });
  },
);

it.each([
  ['AwsSolutions', new AwsSolutionsChecks(app)],
  ['Serverless', new ServerlessChecks(app)],
])('the rules of %s hold, but for the exceptions that are written down', (_name, rules) => {
  expect(rules.validateScope(app).violations).toEqual([]);
});

describe('stateful stacks', () => {
  it('are protected from deletion', () => {
    const names = assembly.stacks.filter(({ terminationProtection }) => terminationProtection);
    expect(names.map(({ stackName }) => stackName).sort()).toEqual([
      'Milepost-Data',
      'Milepost-Messaging',
      'Milepost-Systems',
    ]);
  });

  it('hold nothing that runs', () => {
    for (const name of ['Milepost-Data', 'Milepost-Messaging', 'Milepost-Systems'])
      for (const type of ['AWS::Lambda::Function', 'AWS::StepFunctions::StateMachine'])
        template(name).resourceCountIs(type, 0);
  });
});

describe('tables', () => {
  it('are all there, restorable to any second, encrypted and protected', () => {
    template('Milepost-Data').resourceCountIs('AWS::DynamoDB::Table', Object.keys(TABLES).length);
    template('Milepost-Data').allResourcesProperties('AWS::DynamoDB::Table', {
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      DeletionProtectionEnabled: true,
    });
    template('Milepost-Data').allResources('AWS::DynamoDB::Table', { DeletionPolicy: 'Retain' });
  });

  it('stream what others consume', () => {
    template('Milepost-Data').resourcePropertiesCountIs(
      'AWS::DynamoDB::Table',
      { StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' } },
      Object.values(TABLES).filter((table) => 'stream' in table && table.stream).length,
    );
  });
});

describe('queues', () => {
  const messaging = template('Milepost-Messaging');

  it('are encrypted, and each that is consumed has a dead-letter queue', () => {
    messaging.resourceCountIs('AWS::SQS::Queue', QUEUES.length);
    messaging.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    messaging.resourcePropertiesCountIs(
      'AWS::SQS::Queue',
      { RedrivePolicy: { maxReceiveCount: 5 } },
      QUEUES.filter(({ watched }) => !watched).length,
    );
  });

  it.each(QUEUES.filter(({ watched }) => watched).map(({ id }) => [id]))(
    '%s rings at the first message',
    (id) => {
      template('Milepost-Alarms').hasResourceProperties('AWS::CloudWatch::Alarm', {
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: `milepost-${id}` }],
        Threshold: 0,
        AlarmActions: Match.anyValue(),
      });
    },
  );

  it('that are dead-letter queues are watched, or consumed by what ends their tasks', () => {
    const consumed = new Set(
      FUNCTIONS.flatMap(({ triggers }) =>
        triggers.flatMap((trigger) => (trigger.kind === 'queue' ? trigger.queue : [])),
      ),
    );
    for (const { deadLetters } of QUEUES)
      if (deadLetters)
        expect(QUEUES.some(({ id, watched }) => id === deadLetters && (watched || consumed.has(id)))).toBe(
          true,
        );
  });
});

describe('functions', () => {
  it('run on Node 24, on arm64, and log as JSON', () => {
    for (const stack of stacksWith('AWS::Lambda::Function'))
      stack.allResourcesProperties('AWS::Lambda::Function', {
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: Match.objectLike({ LogFormat: 'JSON', LogGroup: Match.anyValue() }),
      });
  });

  it('are all deployed, each in one stack under a name of its own', () => {
    const names = [...stacks.values()].flatMap((stack) =>
      Object.values(stack.findResources('AWS::Lambda::Function')).map(
        (resource) =>
          z.object({ Properties: z.object({ FunctionName: z.string() }) }).parse(resource).Properties
            .FunctionName,
      ),
    );
    expect(names.sort()).toEqual(FUNCTIONS.map(({ id }) => functionName(id)).sort());
  });

  it('keep a record that cannot be handled for no longer than the stream does, then hand it over', () => {
    for (const stack of stacks.values())
      for (const mapping of Object.values(
        stack.findResources('AWS::Lambda::EventSourceMapping', {
          Properties: { StartingPosition: Match.anyValue() },
        }),
      ))
        expect(mapping).toMatchObject({
          Properties: {
            BisectBatchOnFunctionError: true,
            FunctionResponseTypes: ['ReportBatchItemFailures'],
            MaximumRecordAgeInSeconds: 43_200,
            DestinationConfig: { OnFailure: {} },
          },
        });
  });
});

describe('roles', () => {
  it('let a task read the address and credential of its own system only', () => {
    const role = roleOf('Milepost-Tasks-Logistics', 'tasks/stock.reserve');
    expect(role).toContain('/milepost/systems/warehouse/credential-??????');
    expect(role.match(/milepost\/systems\/[a-z-]+/g)?.every((name) => name.endsWith('/warehouse'))).toBe(
      true,
    );
  });

  it('let a task write steps and open gates, and no more', () => {
    const role = roleOf('Milepost-Tasks-Logistics', 'tasks/stock.reserve');
    for (const forbidden of ['dynamodb:Scan', 'dynamodb:DeleteItem', 'states:', 'sqs:', 'events:', 'iam:'])
      expect(role).not.toContain(forbidden);
  });

  it('let one function only answer tokens with success', () => {
    const answering = FUNCTIONS.filter(({ may }) => may.answers?.includes('Success'));
    expect(answering.map(({ id }) => id)).toEqual(['waits/resume']);
    for (const name of stacks.keys())
      for (const { id } of FUNCTIONS)
        if (id !== 'waits/resume') expect(roleOf(name, id) ?? '').not.toContain('states:SendTaskSuccess');
  });

  it('let one function read the streams again and call who consumes them, and nobody else', () => {
    const id = 'undelivered/redeliver';
    const granted = statementsOf('Milepost-Orders', id).map(({ Action, Resource }) => {
      const names = JSON.stringify(Resource).matchAll(
        /GetAtt(\w+?[0-9A-F]{8}(?:Stream)?)Arn|function:([\w-]+)/g,
      );
      const on = [...names].map(([, attribute, called]) => called ?? attribute?.replace(/[0-9A-F]{8}/, ''));
      return `${[Action].flat().join(', ')}: ${on.sort().join(', ')}`;
    });
    const consumers = FUNCTIONS.filter(({ triggers }) => triggers.some(({ kind }) => kind === 'stream'));
    expect(granted.filter((statement) => !/^(logs|xray):/.test(statement)).sort()).toEqual([
      'dynamodb:GetRecords, dynamodb:GetShardIterator: OrdersStream, SubordersStream, WaitsStream',
      'dynamodb:PutItem: History, WorkItems',
      'events:PutEvents: Bus',
      `lambda:InvokeFunction: ${consumers
        .map((consumer) => functionName(consumer.id))
        .sort()
        .join(', ')}`,
      'sqs:DeleteMessage, sqs:ReceiveMessage: Queueundeliveredevents',
    ]);
    for (const name of stacks.keys())
      for (const other of FUNCTIONS)
        if (other.id !== id) expect(roleOf(name, other.id) ?? '').not.toContain('lambda:InvokeFunction');
  });

  it('let nobody change or remove what the history tells', () => {
    const onHistory = [...stacks.values()].flatMap((stack) =>
      Object.values(stack.findResources('AWS::IAM::Role')).flatMap((role) =>
        statementsSchema
          .parse(role)
          .Properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
          .filter(({ Resource }) => /History/.test(JSON.stringify(Resource)))
          .flatMap(({ Action }) => Action),
      ),
    );
    expect(new Set(onHistory)).toEqual(new Set(['dynamodb:PutItem', 'dynamodb:Query']));
    expect(TABLES.history).not.toHaveProperty('timeToLive');
  });

  it('let a flow call the functions and queues of its definition only', () => {
    const [role] = Object.values(template('Milepost-Flows-devices').findResources('AWS::IAM::Role')).filter(
      (found) => JSON.stringify(found).includes('Set-top box'),
    );
    const text = JSON.stringify(role);
    expect(text).toContain('milepost-tasks_stock_reserve');
    expect(text).not.toContain('milepost-tasks_number_reserve');
    expect(text).not.toContain('function:milepost-*');
  });
});

describe('the API', () => {
  const api = template('Milepost-Api');

  it('asks for a token with a scope on every route', () => {
    api.allResourcesProperties('AWS::ApiGatewayV2::Route', {
      AuthorizationType: 'JWT',
      AuthorizerId: Match.anyValue(),
      AuthorizationScopes: Match.anyValue(),
    });
    api.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      JwtConfiguration: { Issuer: { Ref: 'JwtIssuer' }, Audience: [{ Ref: 'JwtAudience' }] },
    });
  });

  it('lets channels, desks, systems and operations each do their own', () => {
    const routes = Object.values(api.findResources('AWS::ApiGatewayV2::Route')).map((resource) => {
      const { RouteKey, AuthorizationScopes } = z
        .object({ Properties: z.object({ RouteKey: z.string(), AuthorizationScopes: z.array(z.string()) }) })
        .parse(resource).Properties;
      return `${RouteKey}: ${AuthorizationScopes.join(' ')}`;
    });
    expect(routes.sort()).toMatchInlineSnapshot(`
      [
        "GET /bulk-repairs/{id}/items: work-items:repair",
        "GET /bulk-repairs/{id}: work-items:repair",
        "GET /bulk-repairs: work-items:repair",
        "GET /desks/{desk}/work-items: work-items",
        "GET /incident-switches/history: operations",
        "GET /incident-switches: operations",
        "GET /tmf-api/productCatalogManagement/v4/productOffering/{id}: orders:read",
        "GET /tmf-api/productCatalogManagement/v4/productOffering: orders:read",
        "GET /tmf-api/productOrderingManagement/v4/cancelProductOrder/{id}: orders:read",
        "GET /tmf-api/productOrderingManagement/v4/cancelProductOrder: orders:read",
        "GET /tmf-api/productOrderingManagement/v4/productOrder/{id}/history: orders:history",
        "GET /tmf-api/productOrderingManagement/v4/productOrder/{id}/question: orders:read",
        "GET /tmf-api/productOrderingManagement/v4/productOrder/{id}: orders:read",
        "GET /tmf-api/productOrderingManagement/v4/productOrder: orders:read",
        "GET /work-items/{id}: work-items",
        "PATCH /tmf-api/productOrderingManagement/v4/productOrder/{id}: orders:write",
        "POST /bulk-repairs/{id}/{change}: work-items:repair",
        "POST /bulk-repairs: work-items:repair",
        "POST /events: events:write",
        "POST /incident-switches/{id}/off: operations",
        "POST /incident-switches: operations",
        "POST /tmf-api/productOrderingManagement/v4/cancelProductOrder: orders:write",
        "POST /tmf-api/productOrderingManagement/v4/productOrder/{id}/question/{question}/answer: orders:write",
        "POST /tmf-api/productOrderingManagement/v4/productOrder/{id}/resume: operations",
        "POST /tmf-api/productOrderingManagement/v4/productOrder/{id}/suspend: operations",
        "POST /tmf-api/productOrderingManagement/v4/productOrder: orders:write",
        "POST /work-items/{id}/claim: work-items",
        "POST /work-items/{id}/complete: work-items",
        "POST /work-items/{id}/reject: work-items",
        "POST /work-items/{id}/release: work-items",
        "POST /work-items/{id}/resolve: work-items work-items:repair",
      ]
    `);
  });

  it('is throttled, and logs requests without personal data', () => {
    api.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
      AccessLogSettings: {
        Format: Match.not(Match.stringLikeRegexp('sourceIp|claims|\\$context\\.path|userAgent')),
      },
    });
  });
});

describe('state machines', () => {
  it('log failures without data, and are traced', () => {
    for (const stack of stacksWith('AWS::StepFunctions::StateMachine'))
      stack.allResourcesProperties('AWS::StepFunctions::StateMachine', {
        LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: false },
        TracingConfiguration: { Enabled: true },
      });
  });

  it('tell customers in an Express workflow, when an event says so', () => {
    template('Milepost-Correspondence').hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineType: 'EXPRESS',
    });
    template('Milepost-Correspondence').hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { detail: { tells: [{ exists: true }] } },
      Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })],
    });
  });
});

describe('templateProblems', () => {
  const role = (statement: object) =>
    JSON.stringify({
      Resources: {
        Role: {
          Type: 'AWS::IAM::Role',
          Properties: { Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] } }] },
        },
      },
    });

  it.each([
    ['all actions', role({ Action: 'sqs:*', Resource: 'x' }), 'Role: a statement allows sqs:*'],
    [
      'all resources',
      role({ Action: ['sqs:SendMessage'], Resource: '*' }),
      'Role: a statement allows all resources',
    ],
    [
      'a secret in the environment',
      JSON.stringify({
        Resources: {
          F: { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables: { API_KEY: 'x' } } } },
        },
      }),
      'F: the environment variable API_KEY looks like a secret',
    ],
  ])('finds %s', (_what, source, problem) => {
    expect(templateProblems(source)).toEqual([problem]);
  });

  it('finds a stack that is full', () => {
    const Resources = Object.fromEntries(
      Array.from({ length: 401 }, (_, n) => [`Q${n}`, { Type: 'AWS::SQS::Queue' }]),
    );
    expect(templateProblems(JSON.stringify({ Resources }))).toEqual(['401 resources']);
  });
});

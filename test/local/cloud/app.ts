import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AttributeType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget, SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import {
  Code,
  EventInvokeConfig,
  Function as LambdaFunction,
  Runtime,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { SqsDlq, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { build } from 'esbuild';

export interface TestApp {
  readonly app: App;
  readonly data: Stack;
  readonly compute: Stack;
  /** Folder that the assembly is written to. */
  readonly assembly: string;
}

/** A small app that uses everything the embedded cloud has, in two stacks. */
export async function testApp(): Promise<TestApp> {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-cloud-test-'));
  await build({
    entryPoints: [fileURLToPath(new URL('./handlers.ts', import.meta.url))],
    outfile: join(folder, 'code', 'index.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    minify: true,
    banner: {
      js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);",
    },
  });
  const assembly = join(folder, 'cdk.out');
  const app = new App({ outdir: assembly, analyticsReporting: false });
  const data = new Stack(app, 'Data');
  const compute = new Stack(app, 'Compute');

  const table = new Table(data, 'Items', {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    stream: StreamViewType.NEW_AND_OLD_IMAGES,
    timeToLiveAttribute: 'expires',
  });
  const deadLetters = new Queue(data, 'DeadLetters');
  const queue = new Queue(data, 'Messages', { deadLetterQueue: { queue: deadLetters, maxReceiveCount: 3 } });
  const lost = new Queue(data, 'LostChanges');
  const failures = new Queue(data, 'Failures');

  const lambda = (handler: string, id = handler) =>
    new LambdaFunction(compute, id, {
      runtime: Runtime.NODEJS_24_X,
      handler: `index.${handler}`,
      code: Code.fromAsset(join(folder, 'code')),
      environment: { TABLE: table.tableName, ROLE: id },
      timeout: Duration.seconds(handler === 'hang' ? 1 : 10),
    });
  const write = lambda('write');
  const consume = lambda('consume');
  const follow = lambda('follow');
  const park = lambda('park');
  const resume = lambda('resume');
  const greet = lambda('greet');
  for (const writer of [write, consume, park]) table.grantWriteData(writer);
  table.grantReadData(resume);
  lambda('write', 'outsider');
  const failing = lambda('fail');
  new EventInvokeConfig(compute, 'OnFailure', {
    function: failing,
    onFailure: new SqsDestination(failures),
    retryAttempts: 1,
  });
  const both = lambda('both');
  const other = new Table(data, 'Other', {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
  });
  both.addEnvironment('OTHER_TABLE', other.tableName);
  table.grantWriteData(both);
  const tick = lambda('tick');
  new Rule(compute, 'Daily', {
    schedule: Schedule.cron({ hour: '6', minute: '0' }),
    targets: [new LambdaTarget(tick)],
  });
  const settings = lambda('settings');
  const setting = new StringParameter(compute, 'Setting', {
    parameterName: '/shop/colour',
    stringValue: 'grey',
  });
  const secret = new Secret(compute, 'Secret', { secretName: 'shop/key' });
  settings.addEnvironment('SETTING', setting.parameterName).addEnvironment('SECRET', secret.secretArn);
  setting.grantRead(settings);
  secret.grantRead(settings);
  lambda('hang');

  consume.addEventSource(new SqsEventSource(queue, { reportBatchItemFailures: true, batchSize: 5 }));
  table.grantStreamRead(follow);
  follow.addEventSourceMapping('Changes', {
    eventSourceArn: table.tableStreamArn ?? '',
    startingPosition: StartingPosition.TRIM_HORIZON,
    filters: [{ pattern: JSON.stringify({ dynamodb: { Keys: { pk: { S: ['followed'] } } } }) }],
    retryAttempts: 2,
    bisectBatchOnError: true,
    onFailure: new SqsDlq(lost),
  });

  const waiting = new StateMachine(compute, 'Waiting', {
    definitionBody: DefinitionBody.fromString(
      JSON.stringify({
        QueryLanguage: 'JSONata',
        StartAt: 'Ask',
        States: {
          Ask: {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
            Arguments: {
              FunctionName: park.functionArn,
              Payload: { id: '{% $states.input.id %}', token: '{% $states.context.Task.Token %}' },
            },
            TimeoutSeconds: 31_536_000,
            Next: 'Build',
          },
          Build: { Type: 'Wait', Seconds: 120 * 24 * 3600, Next: 'Write' },
          Write: {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke',
            Arguments: {
              FunctionName: write.functionArn,
              Payload: { pk: 'built', text: '{% $states.input.resumed %}' },
            },
            Output: '{% $states.result.Payload.instant %}',
            End: true,
          },
        },
      }),
    ),
  });
  park.grantInvoke(waiting);
  write.grantInvoke(waiting);
  waiting.grantTaskResponse(resume);

  const noting = new StateMachine(compute, 'Noting', {
    definitionBody: DefinitionBody.fromString(
      JSON.stringify({
        QueryLanguage: 'JSONata',
        StartAt: 'Note',
        States: {
          Note: {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke',
            Arguments: {
              FunctionName: write.functionArn,
              Payload: { pk: '{% $states.input.detail.id %}', text: 'noted' },
            },
            End: true,
          },
        },
      }),
    ),
  });
  write.grantInvoke(noting);
  const bus = new EventBus(compute, 'Bus', { eventBusName: 'shop' });
  new Rule(compute, 'WhenSold', {
    eventBus: bus,
    eventPattern: { source: ['shop'], detailType: ['Sold'] },
    targets: [new SfnStateMachine(noting)],
  });

  const issuer = new CfnParameter(compute, 'Issuer').valueAsString;
  const api = new HttpApi(compute, 'Api', {
    defaultAuthorizer: new HttpJwtAuthorizer('Tokens', issuer, { jwtAudience: ['shop'] }),
  });
  api.addRoutes({
    path: '/greet/{name}',
    methods: [HttpMethod.GET],
    integration: new HttpLambdaIntegration('Greet', greet),
    authorizationScopes: ['greet'],
  });
  return { app, data, compute, assembly };
}

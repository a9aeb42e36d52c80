import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeAll, expect, test } from 'vitest';
import { type CloudHandle, startCloud } from '#local/client.ts';
import { testApp } from './app.ts';
import { invoke } from './invoke.ts';
import { type Taken, withoutPermission } from './without-permission.ts';

/** What a deployment is refused or lacks when somebody forgot a permission. */
let assembly: string;

beforeAll(async () => {
  const app = await testApp();
  app.app.synth();
  assembly = app.assembly;
});

async function startWithout(...taken: readonly Taken[]): Promise<CloudHandle> {
  let folder = assembly;
  for (const one of taken) folder = await withoutPermission(folder, one);
  return startCloud({ assembly: folder, clock: 'manual', parameters: { Issuer: '{{issuer}}' } });
}

async function call(cloud: CloudHandle, id: string, event: unknown) {
  return invoke(cloud, (await cloud.resource('AWS::Lambda::Function', `/${id}/`)).name, event);
}

/** Starts the machine whose construct has this name, and waits until nothing moves any more. */
async function run(cloud: CloudHandle, machine: string, input: object) {
  const states = new SFNClient(cloud.clientConfig);
  const { physicalId } = await cloud.resource('AWS::StepFunctions::StateMachine', machine);
  const { executionArn } = await states.send(
    new StartExecutionCommand({ stateMachineArn: physicalId, input: JSON.stringify(input) }),
  );
  await cloud.idle();
  return states.send(new DescribeExecutionCommand({ executionArn }));
}

test('what a policy no longer allows fails in the words of AWS, and what nothing used is known', async () => {
  const cloud = await startWithout(
    { from: 'writeServiceRole', action: 'dynamodb:PutItem' },
    { from: 'WaitingRole', action: 'lambda:InvokeFunction' },
  );
  try {
    const unused = async () =>
      (await cloud.permissions())
        .filter(({ used }) => !used)
        .map(({ holder, action }) => `${holder} ${action}`);
    const mayFollow = expect.stringMatching(/resumeServiceRole\S* dynamodb:GetItem$/);
    expect(await unused()).toContainEqual(mayFollow);
    await call(cloud, 'resume', { id: 'nobody' });
    expect(await unused()).not.toContainEqual(mayFollow);

    const { error, payload } = await call(cloud, 'write', { pk: 'a', text: 'x' });
    expect(error).toBe('Unhandled');
    expect(payload).toMatchObject({
      errorType: 'AccessDeniedException',
      errorMessage: expect.stringMatching(
        /^User: arn:aws:sts::\d{12}:assumed-role\/\S+ is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:\S+ because no identity-based policy allows the dynamodb:PutItem action$/,
      ),
    });

    const waiting = await run(cloud, 'Waiting', { id: 'w' });
    expect(waiting).toMatchObject({
      status: 'FAILED',
      error: 'Lambda.AWSLambdaException',
      cause: expect.stringMatching(
        /^User: arn:aws:sts::\d{12}:assumed-role\/\S+ is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:\S+ because no identity-based policy allows the lambda:InvokeFunction action \(Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException; Request ID: \S+; Proxy: null\)$/,
      ),
    });

    // Another machine may still invoke the same function, which still may not write: its own error comes back.
    const noting = await run(cloud, 'Noting', { detail: { id: 'n' } });
    expect(noting).toMatchObject({ status: 'FAILED', error: 'AccessDeniedException' });
  } finally {
    await cloud.stop();
  }
});

test('a mapping whose role may not read its queue is refused at the start, as at deployment', async () => {
  await expect(startWithout({ from: 'consumeServiceRole', action: 'sqs:ReceiveMessage' })).rejects.toThrow(
    /does not have permissions to call sqs:ReceiveMessage/,
  );
});

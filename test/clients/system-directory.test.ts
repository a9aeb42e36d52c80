import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, ParameterNotFound, SSMClient, ThrottlingException } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { awsSystemDirectory } from '#shared/clients/system-directory.ts';
import type { SystemDirectory } from '#shared/clients/underlying-system.ts';

const parameters = mockClient(SSMClient);
const secrets = mockClient(SecretsManagerClient);

const URL_NAME = '/milepost/systems/warehouse/base-url';
const SECRET_NAME = '/milepost/systems/warehouse/credential';

let directory: SystemDirectory;

beforeEach(() => {
  directory = awsSystemDirectory();
  parameters.reset();
  secrets.reset();
  vi.stubEnv('SYSTEMS_PREFIX', '/milepost/systems');
  vi.stubEnv('AWS_REGION', 'eu-north-1');
  parameters
    .on(GetParameterCommand, { Name: URL_NAME })
    .resolves({ Parameter: { Value: 'https://w.example' } });
  secrets.on(GetSecretValueCommand, { SecretId: SECRET_NAME }).resolves({ SecretString: 'key' });
});

describe('the directory of systems', () => {
  it('reads the base URL and the credential of a system', async () => {
    expect(await directory('warehouse')).toEqual({
      baseUrl: 'https://w.example',
      credential: 'key',
    });
  });

  it('reads them once for many calls', async () => {
    await directory('warehouse');
    await directory('warehouse');
    expect(parameters.commandCalls(GetParameterCommand)).toHaveLength(1);
    expect(secrets.commandCalls(GetSecretValueCommand)).toHaveLength(1);
  });

  it('names the variable that is missing', async () => {
    vi.stubEnv('SYSTEMS_PREFIX', '');
    await expect(directory('warehouse')).rejects.toThrow(
      'The environment variable SYSTEMS_PREFIX is not set',
    );
  });

  it.each([
    ['is not there', () => parameters.on(GetParameterCommand).rejects(notFound())],
    ['is empty', () => parameters.on(GetParameterCommand).resolves({})],
  ])('names the parameter that %s', async (_what, arrange) => {
    arrange();
    await expect(directory('warehouse')).rejects.toThrow(`There is no parameter ${URL_NAME}`);
  });

  it.each([
    ['is not there', () => secrets.on(GetSecretValueCommand).rejects(noSecret())],
    ['is binary', () => secrets.on(GetSecretValueCommand).resolves({ SecretBinary: new Uint8Array([1]) })],
  ])('names the secret that %s', async (_what, arrange) => {
    arrange();
    await expect(directory('warehouse')).rejects.toThrow(`There is no secret ${SECRET_NAME}`);
  });

  it('that cannot be read just now is a technical error, which a retry can help', async () => {
    parameters
      .on(GetParameterCommand)
      .rejects(new ThrottlingException({ message: 'Rate exceeded', Message: '', $metadata: {} }));
    await expect(directory('warehouse')).rejects.toMatchObject({
      name: 'Unavailable',
      message: `Could not read ${URL_NAME}: ThrottlingException`,
    });
  });
});

const notFound = () => new ParameterNotFound({ message: '', $metadata: {} });
const noSecret = () =>
  new ResourceNotFoundException({
    message: "Secrets Manager can't find the specified secret.",
    $metadata: {},
  });

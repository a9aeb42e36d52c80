import { beforeEach, describe, expect, it } from 'vitest';
import { ParameterStore, SecretStore } from '#local/parameters.ts';

const place = { region: 'eu-west-1', account: '111122223333' };
const now = () => Date.UTC(2026, 0, 1);

describe('ParameterStore', () => {
  let store: ParameterStore;
  beforeEach(() => {
    store = new ParameterStore(place, now);
    store.put('plain', { value: 'p' });
    store.put('/app/a', { value: 'first' });
    store.put('/app/a', { value: 'second' });
    store.put('/app/list', { value: 'x,y', type: 'StringList' });
    store.put('/app/deep/b', { value: 'secret', type: 'SecureString' });
    store.put('/application/c', { value: 'other' });
  });

  it('gets a parameter by name, version and ARN', async () => {
    const expected = {
      Parameter: {
        ARN: 'arn:aws:ssm:eu-west-1:111122223333:parameter/app/a',
        DataType: 'text',
        LastModifiedDate: now() / 1000,
        Name: '/app/a',
        Type: 'String',
        Value: 'second',
        Version: 2,
      },
    };
    for (const Name of ['/app/a', '/app/a:2', expected.Parameter.ARN, `${expected.Parameter.ARN}:2`])
      expect(await store.call('GetParameter', { Name })).toEqual(expected);
    const ARN = 'arn:aws:ssm:eu-west-1:111122223333:parameter/plain';
    expect(await store.call('GetParameter', { Name: ARN })).toMatchObject({ Parameter: { ARN, Value: 'p' } });
  });

  it('shows a secure text only when asked to decrypt', async () => {
    const Name = '/app/deep/b';
    expect(await store.call('GetParameter', { Name, WithDecryption: true })).toMatchObject({
      Parameter: { Value: 'secret', Type: 'SecureString' },
    });
    expect(JSON.stringify(await store.call('GetParameter', { Name }))).not.toContain('secret"');
  });

  it('gets several, and says which are unknown', async () => {
    expect(await store.call('GetParameters', { Names: ['/app/a', 'nope', '/app/a:1'] })).toMatchObject({
      Parameters: [{ Name: '/app/a' }],
      InvalidParameters: ['nope', '/app/a:1'],
    });
  });

  it('gets those below a path, page by page', async () => {
    const names = async (input: object) =>
      JSON.stringify(await store.call('GetParametersByPath', input)).match(/(?<="Name":")[^"]*/g);
    expect(await names({ Path: '/app' })).toEqual(['/app/a', '/app/list']);
    expect(await names({ Path: '/app/', Recursive: true })).toEqual(['/app/a', '/app/deep/b', '/app/list']);
    const page = await store.call('GetParametersByPath', { Path: '/app', MaxResults: 1 });
    expect(page).toMatchObject({ Parameters: [{ Name: '/app/a' }], NextToken: '/app/list' });
    expect(await names({ Path: '/app', NextToken: '/app/list' })).toEqual(['/app/list']);
    expect(await store.call('GetParametersByPath', { Path: '/none' })).toEqual({ Parameters: [] });
  });

  it.each([
    ['GetParameter', { Name: 'nope' }, 'ParameterNotFound'],
    ['GetParameter', { Name: '/app/a:1' }, 'ParameterVersionNotFound'],
    ['GetParameter', {}, 'ValidationException'],
    ['GetParameters', { Names: [] }, 'ValidationException'],
    ['GetParameters', { Names: Array(11).fill('a') }, 'ValidationException'],
    ['GetParametersByPath', { Path: 'app' }, 'ValidationException'],
    ['GetParametersByPath', { Path: '/app', MaxResults: 11 }, 'ValidationException'],
    ['GetParametersByPath', { Path: '/app', NextToken: 'x' }, 'InvalidNextToken'],
    ['PutParameter', {}, 'UnknownOperationException'],
  ])('%s %j fails with %s', async (action, input, code) => {
    await expect(store.call(action, input)).rejects.toMatchObject({ name: code, code, statusCode: 400 });
  });
});

describe('SecretStore', () => {
  const store = new SecretStore(place, now);
  const arn = store.put('app/key', 's3cret');

  it('gets a secret by name, ARN, and ARN without its last six characters', async () => {
    expect(arn).toMatch(/^arn:aws:secretsmanager:eu-west-1:111122223333:secret:app\/key-[A-Za-z0-9]{6}$/);
    for (const SecretId of ['app/key', arn, arn.slice(0, -7)])
      expect(await store.call('GetSecretValue', { SecretId })).toEqual({
        ARN: arn,
        CreatedDate: now() / 1000,
        Name: 'app/key',
        SecretString: 's3cret',
        VersionId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
        VersionStages: ['AWSCURRENT'],
      });
  });

  it.each([
    ['GetSecretValue', { SecretId: 'nope' }, 'ResourceNotFoundException'],
    ['GetSecretValue', { SecretId: 'app/key', VersionStage: 'AWSPREVIOUS' }, 'ResourceNotFoundException'],
    ['GetSecretValue', { SecretId: 'app/key', VersionId: 'x' }, 'ResourceNotFoundException'],
    ['GetSecretValue', { SecretId: '' }, 'ValidationException'],
    ['GetSecretValue', undefined, 'ValidationException'],
    ['PutSecretValue', {}, 'UnknownOperationException'],
  ])('%s %j fails with %s', async (action, input, code) => {
    await expect(store.call(action, input)).rejects.toMatchObject({ code });
  });
});

import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import { TechnicalError } from '#shared/domain/errors.ts';
import type { SystemDirectory } from './underlying-system.ts';

/** For how many seconds a base URL or a credential is kept before it is read again, so that a rotation takes effect. */
const KEPT = { maxAge: 300 } as const;

const NOT_FOUND = ['ParameterNotFound', 'ResourceNotFoundException'];

/**
 * Reads base URLs from Parameter Store and credentials from Secrets Manager, under `SYSTEMS_PREFIX`
 * (such as `/milepost/systems`): `<prefix>/<system>/base-url` and `<prefix>/<system>/credential`.
 * @throws Error naming what is missing; TechnicalError `Unavailable` when it cannot be read just now
 */
export function awsSystemDirectory(): SystemDirectory {
  const parameters = new SSMProvider();
  const secrets = new SecretsProvider();
  return async (system) => {
    const prefix = process.env.SYSTEMS_PREFIX;
    if (!prefix) throw new Error('The environment variable SYSTEMS_PREFIX is not set');
    const [baseUrl, credential] = await Promise.all([
      read(`${prefix}/${system}/base-url`, 'parameter', (name) => parameters.get(name, KEPT)),
      read(`${prefix}/${system}/credential`, 'secret', (name) => secrets.get(name, KEPT)),
    ]);
    return { baseUrl, credential };
  };
}

async function read(name: string, what: string, get: (name: string) => Promise<unknown>): Promise<string> {
  let value: unknown;
  try {
    value = await get(name);
  } catch (error) {
    const reason =
      error instanceof Error && error.cause instanceof Error ? error.cause.name : 'unknown error';
    if (!NOT_FOUND.includes(reason))
      throw new TechnicalError('Unavailable', `Could not read ${name}: ${reason}`);
  }
  if (typeof value !== 'string' || value === '') throw new Error(`There is no ${what} ${name}`);
  return value;
}

import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import { getParameter } from '@aws-lambda-powertools/parameters/ssm';
import { TechnicalError } from '#shared/domain/errors.ts';
import type { SystemDirectory } from './underlying-system.ts';

/** How long a base URL or a credential is kept before it is read again, so that a rotation takes effect. */
const MAX_AGE_SECONDS = 300;

const NOT_FOUND = ['ParameterNotFound', 'ResourceNotFoundException'];

/**
 * Reads base URLs from Parameter Store and credentials from Secrets Manager, under `SYSTEMS_PREFIX`
 * (such as `/milepost/systems`): `<prefix>/<system>/base-url` and `<prefix>/<system>/credential`.
 * @throws Error naming what is missing; TechnicalError `Unavailable` when it cannot be read just now
 */
export const awsSystemDirectory: SystemDirectory = async (system) => {
  const prefix = process.env.SYSTEMS_PREFIX;
  if (!prefix) throw new Error('The environment variable SYSTEMS_PREFIX is not set');
  const [baseUrl, credential] = await Promise.all([
    read(`${prefix}/${system}/base-url`, getParameter, 'parameter'),
    read(`${prefix}/${system}/credential`, getSecret, 'secret'),
  ]);
  return { baseUrl, credential };
};

type Read = (name: string, options: { maxAge: number }) => Promise<unknown>;

async function read(name: string, get: Read, what: string): Promise<string> {
  let value: unknown;
  try {
    value = await get(name, { maxAge: MAX_AGE_SECONDS });
  } catch (error) {
    const reason =
      error instanceof Error && error.cause instanceof Error ? error.cause.name : 'unknown error';
    if (!NOT_FOUND.includes(reason))
      throw new TechnicalError('Unavailable', `Could not read ${name}: ${reason}`);
  }
  if (typeof value !== 'string' || value === '') throw new Error(`There is no ${what} ${name}`);
  return value;
}

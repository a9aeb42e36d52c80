import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import { getParameter } from '@aws-lambda-powertools/parameters/ssm';
import type { SystemDirectory } from './underlying-system.ts';

/** How long a base URL or a credential is kept before it is read again, so that a rotation takes effect. */
const MAX_AGE_SECONDS = 300;

/**
 * Reads base URLs from Parameter Store and credentials from Secrets Manager, under `SYSTEMS_PREFIX`
 * (such as `/milepost/systems`): `<prefix>/<system>/base-url` and `<prefix>/<system>/credential`.
 * @throws Error naming what is missing
 */
export const awsSystemDirectory: SystemDirectory = async (system) => {
  const prefix = process.env.SYSTEMS_PREFIX;
  if (!prefix) throw new Error('The environment variable SYSTEMS_PREFIX is not set');
  const [baseUrl, credential] = await Promise.all([
    getParameter(`${prefix}/${system}/base-url`, { maxAge: MAX_AGE_SECONDS }),
    getSecret(`${prefix}/${system}/credential`, { maxAge: MAX_AGE_SECONDS }),
  ]);
  if (!baseUrl) throw new Error(`There is no parameter ${prefix}/${system}/base-url`);
  if (typeof credential !== 'string') throw new Error(`There is no secret ${prefix}/${system}/credential`);
  return { baseUrl, credential };
};

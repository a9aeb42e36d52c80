import { join } from 'node:path';
import { CloudHandle } from '#local/client.ts';
import { JsonFile } from '#local/data/json-file.ts';
import { ISSUER_FILE, Issuer } from '#local/http-api/issuer.ts';
import { localUrl } from './port.ts';
import { AUDIENCE, isRole, ROLE_NAMES, ROLES, type Role, TOKEN_SECONDS } from './roles.ts';

/**
 * Prints a JWT for a role: `npm run token -- logistics`. The platform that `npm start` runs signs it; when none runs,
 * the same key does.
 */
const [name = '', ...rest] = process.argv.slice(2);
if (!isRole(name) || rest.length > 0) {
  const problem = name === '' ? 'No role given' : `There is no role "${[name, ...rest].join(' ')}"`;
  process.stderr.write(`${problem}. Roles: ${ROLE_NAMES.join(', ')}.\nUsage: npm run token -- <role>\n`);
  process.exit(2);
}
process.stdout.write(`${(await fromPlatform(name)) ?? (await fromKey(name))}\n`);

async function fromPlatform(role: Role): Promise<string | undefined> {
  const cloud = new CloudHandle(localUrl());
  try {
    const exp = Math.floor((await cloud.now()) / 1000) + TOKEN_SECONDS;
    return await cloud.token({ ...ROLES[role], exp });
  } catch {
    return undefined;
  }
}

async function fromKey(role: Role): Promise<string> {
  const file = new JsonFile(join(import.meta.dirname, '..', ISSUER_FILE));
  const issuer = await Issuer.open(`${localUrl()}/_local/issuer`, file, Date.now);
  return issuer.sign({ aud: AUDIENCE, ...ROLES[role], exp: Math.floor(Date.now() / 1000) + TOKEN_SECONDS });
}

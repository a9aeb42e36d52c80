import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, type JSONWebKeySet, SignJWT } from 'jose';
import * as z from 'zod';
import type { JsonFile } from '../data/json-file.ts';

/** Where the key is kept between runs without a data folder, from the folder that it all runs in. */
export const ISSUER_FILE = join('.embedded-cloud', 'issuer.json');

const algorithm = 'RS256';
const keyPair = z.object({
  kid: z.string(),
  privateKey: z.looseObject({ kty: z.string() }),
  publicKey: z.looseObject({ kty: z.string() }),
});
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });
const openIdConfiguration = z.object({ jwks_uri: z.string() });

/** Signs JSON Web Tokens as an identity provider would, with a key that is kept in a file. */
export class Issuer {
  /** The `iss` of its tokens. */
  readonly url: string;
  readonly #keys: z.output<typeof keyPair>;
  readonly #now: () => number;

  private constructor(url: string, keys: z.output<typeof keyPair>, now: () => number) {
    this.url = url;
    this.#keys = keys;
    this.#now = now;
  }

  static async open(url: string, file: JsonFile, now: () => number): Promise<Issuer> {
    const kept = keyPair.safeParse(file.read());
    if (kept.success) return new Issuer(url, kept.data, now);
    const pair = await generateKeyPair(algorithm, { extractable: true });
    const keys = keyPair.parse({
      kid: randomUUID(),
      privateKey: await exportJWK(pair.privateKey),
      publicKey: await exportJWK(pair.publicKey),
    });
    file.write(keys);
    return new Issuer(url, keys, now);
  }

  /** What is served under `/.well-known/openid-configuration`. */
  get configuration(): Record<string, unknown> {
    return {
      issuer: this.url,
      jwks_uri: `${this.url}/.well-known/jwks.json`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [algorithm],
    };
  }

  /** Its public keys. */
  get keySet(): JSONWebKeySet {
    return { keys: [{ ...this.#keys.publicKey, kid: this.#keys.kid, alg: algorithm, use: 'sig' }] };
  }

  /** A token with these claims; `iss`, `iat` and `exp` (in an hour) are filled in unless given. */
  async sign(claims: Readonly<Record<string, unknown>>): Promise<string> {
    const seconds = Math.floor(this.#now() / 1000);
    return new SignJWT({ iss: this.url, iat: seconds, exp: seconds + 3600, ...claims })
      .setProtectedHeader({ alg: algorithm, kid: this.#keys.kid, typ: 'JWT' })
      .sign(await importJWK(this.#keys.privateKey, algorithm));
  }

  /** The public keys of any issuer: its own, or those that another publishes. */
  async keysOf(issuer: string): Promise<JSONWebKeySet> {
    if (issuer.replace(/\/$/, '') === this.url) return this.keySet;
    const found = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    const { jwks_uri } = openIdConfiguration.parse(await found.json());
    return keySet.parse(await (await fetch(jwks_uri)).json());
  }
}

import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';

/** A JWT authorizer of a route. */
export interface JwtAuthorizer {
  readonly issuer: string;
  /** The token's `aud`, or its `client_id` when it has no `aud`, must be one of these. */
  readonly audience: readonly string[];
}

/** What a function sees of an authorized request, under `requestContext.authorizer.jwt`. */
export interface JwtContext {
  /** Every claim as text; a list is written `[a b]`. */
  readonly claims: Readonly<Record<string, string>>;
  /** Those of the route's scopes that the token has; null when the route asks for none. */
  readonly scopes: readonly string[] | null;
}

/** Outcome of {@link authorize}. */
export type Authorization =
  | { readonly outcome: 'allowed'; readonly jwt: JwtContext }
  | { readonly outcome: 'unauthorized'; readonly challenge: string }
  | { readonly outcome: 'forbidden'; readonly challenge: string };

/** What {@link authorize} needs to judge a token. */
export interface AuthorizeRequest {
  /** Value of the Authorization header, with or without `Bearer`. */
  readonly header: string | undefined;
  readonly authorizer: JwtAuthorizer;
  /** One of these is enough; none means that every valid token will do. */
  readonly scopes: readonly string[];
  readonly now: number;
  jwks(issuer: string): Promise<JSONWebKeySet>;
}

/** The only algorithms HTTP APIs accept. */
const algorithms = ['RS256', 'RS384', 'RS512'];

/**
 * Judges the token of a request like the JWT authorizer of an HTTP API: signature (RSA only, key found by
 * `kid`), `iss`, `aud` or `client_id`, `exp`, `nbf`, and one of the scopes in `scope` or `scp`. After the API
 * Gateway developer guide, "Control access to HTTP APIs with JWT authorizers".
 */
export async function authorize(request: AuthorizeRequest): Promise<Authorization> {
  const { header, authorizer, scopes, now, jwks } = request;
  const token = header?.replace(/^Bearer +/i, '').trim();
  if (!token) return { outcome: 'unauthorized', challenge: 'Bearer' };
  let keys: JSONWebKeySet;
  try {
    keys = await jwks(authorizer.issuer);
  } catch {
    return unauthorized('OIDC discovery endpoint communication error');
  }
  let claims: JWTPayload;
  try {
    const keySet = createLocalJWKSet(keys);
    const verified = await jwtVerify(
      token,
      (protectedHeader, input) => {
        if (protectedHeader.kid === undefined) throw new errors.JWKSNoMatchingKey();
        return keySet(protectedHeader, input);
      },
      { issuer: authorizer.issuer, algorithms, currentDate: new Date(now), requiredClaims: ['exp'] },
    );
    claims = verified.payload;
  } catch (error) {
    return unauthorized(describe(error));
  }
  if (!hasAudience(claims, authorizer.audience)) return unauthorized('invalid audience');
  const granted = grantedScopes(claims);
  const matching = scopes.filter((scope) => granted.includes(scope));
  if (scopes.length > 0 && matching.length === 0)
    return {
      outcome: 'forbidden',
      challenge: `Bearer scope="${scopes.join(' ')}" error="insufficient_scope"`,
    };
  return {
    outcome: 'allowed',
    jwt: {
      claims: Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, claimText(value)])),
      scopes: scopes.length > 0 ? matching : null,
    },
  };
}

function unauthorized(description: string): Authorization {
  return {
    outcome: 'unauthorized',
    challenge: `Bearer error="invalid_token" error_description="${description}"`,
  };
}

function describe(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `the claim ${error.claim} is not valid`;
  if (error instanceof errors.JOSEAlgNotAllowed) return 'signing method is invalid';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature is invalid';
  if (error instanceof errors.JWKSNoMatchingKey) return 'unable to find key for kid';
  return 'the token is malformed';
}

function hasAudience(claims: JWTPayload, expected: readonly string[]): boolean {
  const actual = claims.aud ?? claims.client_id;
  const values: readonly unknown[] = Array.isArray(actual) ? actual : [actual];
  return values.some((value) => typeof value === 'string' && expected.includes(value));
}

function grantedScopes(claims: JWTPayload): string[] {
  return [claims.scope, claims.scp].flatMap((value) => {
    if (typeof value === 'string') return value.split(' ').filter(Boolean);
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  });
}

function claimText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(claimText).join(' ')}]`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

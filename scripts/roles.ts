/** Who may do what on one machine: the claims that an identity provider would put into a token. */
export const ROLES = {
  channel: {
    sub: 'self-service-portal',
    client_id: 'self-service-portal',
    scope: 'orders:read orders:write',
  },
  logistics: {
    sub: 'picker-17',
    client_id: 'desk-console',
    scope: 'work-items',
    desks: ['LOGISTICS_PICK', 'LOGISTICS_BACKORDER', 'LOGISTICS_RETURNS'],
  },
  system: {
    sub: 'event-gateway',
    client_id: 'event-gateway',
    scope: 'events:write',
  },
  ops: {
    sub: 'operator-1',
    client_id: 'desk-console',
    scope: 'orders:read orders:history work-items work-items:repair operations',
    desks: ['*'],
  },
} as const;

export type Role = keyof typeof ROLES;

export const ROLE_NAMES: readonly string[] = Object.keys(ROLES);

export const isRole = (name: string): name is Role => Object.hasOwn(ROLES, name);

/** What the API's authorizer asks of a token's `aud`. */
export const AUDIENCE = 'milepost';

/** A local token lives a year, so that a clock that runs fast does not outrun it. */
export const TOKEN_SECONDS = 366 * 24 * 3600;

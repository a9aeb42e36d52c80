import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { runScript } from '#test/support/run-script.ts';

/** A port on which nothing runs. */
const PORT = '1';

describe('npm run token', () => {
  it.each([
    ['channel', { scope: 'orders:read orders:write' }],
    [
      'logistics',
      { scope: 'work-items', desks: ['LOGISTICS_PICK', 'LOGISTICS_BACKORDER', 'LOGISTICS_RETURNS'] },
    ],
    ['system', { scope: 'events:write' }],
    ['ops', { scope: 'orders:read orders:history work-items work-items:repair operations', desks: ['*'] }],
  ])('prints a token for %s', async (role, claims) => {
    const { code, stdout } = await runScript('token.ts', [role], { PORT });
    expect(code).toBe(0);
    expect(stdout.split('\n')).toHaveLength(2);
    expect(decodeJwt(stdout.trim())).toMatchObject({
      ...claims,
      iss: `http://127.0.0.1:${PORT}/_local/issuer`,
      aud: 'milepost',
      sub: expect.stringMatching(/./),
    });
  });

  it.each([
    ['nobody', ['nobody']],
    ['none', []],
    ['two', ['ops', 'channel']],
    ['an inherited name', ['toString']],
  ])('lists the roles when the role is %s', async (_what, args) => {
    const { code, stdout, stderr } = await runScript('token.ts', args, { PORT });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Roles: channel, logistics, system, ops.');
  });
});

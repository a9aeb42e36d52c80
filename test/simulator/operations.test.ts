import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findOperation, operations, systems } from '#simulator/catalogue.ts';
import { deterministic } from '#simulator/deterministic.ts';
import { apiDocument } from '#simulator/openapi.ts';
import type { OperationContext } from '#simulator/operation.ts';

const context = (seed: string): OperationContext => ({
  values: deterministic(seed),
  now: Date.UTC(2026, 10, 20),
  claim: (_pool, make) => make(),
  remember: () => undefined,
  recall: () => ({}),
});

/** A body that has every field that an operation may need. */
const body = {
  accountId: 'A1',
  authorityRef: 'AUTH1',
  change: 'packages',
  emergencyCalls: 'open',
  fee: 100,
  level: 1,
  mode: 'GIG',
  newRouting: 'RN1',
  numbers: ['+4533000000'],
  order: 'O1',
  overdueAmount: 500,
  ratePerHour: 1000,
  route: 'along the road',
  status: 'PAID',
  addressId: 'ADR1',
  appointmentId: 'APT1',
  barringProfile: 'FULL',
  chargeCode: 'FEE',
  imsi: '238060000000001',
  lineId: 'LN1',
  lockId: 'LOCK1',
  msisdn: '+4520000000',
  newProfile: 'p2',
  newState: 'active',
  npOrderId: 'NP1',
  number: '+4533000000',
  packages: ['BASIC'],
  port: 'olt-1/1/1/1',
  profile: 'p1',
  serialNumber: 'S1',
  serviceId: 'SV1',
  portDate: '2026-11-23',
  sipUri: 'sip:x',
  skill: 'FIBRE',
  sku: 'STB-4K',
  startFlow: 'x.create',
  subscriberId: 'MS1',
  subscriptionId: 'SUB1',
  technology: 'FIBRE',
  template: 'ORDER_RECEIVED',
  testSet: 'internet',
  tvAccountId: 'TV1',
  username: 'u',
};

function outputs(system: string, name: string, input: object, seed = 'seed'): Record<string, unknown> {
  const result = findOperation(system, name)?.run(input, context(seed));
  if (!result?.valid) throw new Error(`${name} is not valid`);
  return { ...result.outputs };
}

describe('operations', () => {
  it.each(operations.map((operation) => [operation.name, operation] as const))(
    '%s gives what it documents, the same every time',
    (_name, operation) => {
      const first = operation.run(body, context('a'));
      expect(first).toMatchObject({ valid: true });
      expect(operation.run(body, context('a'))).toEqual(first);
      if (first.valid) expect(operation.output.parse(first.outputs)).toEqual(first.outputs);
    },
  );

  it('have names of their own, and undo what exists in the same system', () => {
    expect(new Set(operations.map(({ name }) => name)).size).toBe(operations.length);
    for (const { system, undoes } of operations)
      for (const name of undoes) expect(findOperation(system, name), name).toBeDefined();
  });

  it('are found with underscores too, in their own system only', () => {
    expect(findOperation('hss-ocs', 'mobile.modify_revert')?.name).toBe('mobile.modify-revert');
    expect(findOperation('billing', 'stock.reserve')).toBeUndefined();
    expect(systems).toContain('warehouse');
  });

  it('refuse bodies without what they need', () => {
    const result = findOperation('warehouse', 'stock.reserve')?.run({ quantity: 0 }, context('a'));
    expect(result).toMatchObject({ valid: false, reason: expect.stringContaining('sku') });
  });
});

describe('outputs', () => {
  it('follow the formats of the real world, whatever the key', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const mobile = outputs('number-pool', 'number.reserve', { numberType: 'mobile' }, seed);
        expect(mobile.number).toMatch(/^\+452\d{7}$/);
        const fixed = outputs('number-pool', 'number.reserve', {}, seed);
        expect(fixed.number).toMatch(/^\+45[3-9]\d{7}$/);
        const sim = outputs('sim-inventory', 'sim.assign', { simType: 'esim' }, seed);
        expect(sim.iccid).toMatch(/^8945\d{16}$/);
        expect(luhnSum(String(sim.iccid)) % 10).toBe(0);
        expect(sim.activationCode).toMatch(/^LPA:1\$smdp\.example\$[0-9A-Z]{20}$/);
        expect(outputs('warehouse', 'stock.reserve', { sku: 'x' }, seed).eta).toMatch(/^2026-11-2[3-4]$/);
      }),
    );
  });

  it('have a line or only an address', () => {
    const line = outputs('resource-inventory', 'resource.assign', { addressId: 'A', profile: 'p' });
    expect(Object.keys(line).sort()).toEqual(['ip', 'lineId', 'lineProfile', 'port', 'vlan']);
    const address = outputs('resource-inventory', 'resource.assign', { addressId: 'A', pool: 'ipv4' });
    expect(address).toEqual({ ip: expect.stringMatching(/^100\.\d+\.\d+\.\d+$/) });
  });

  it('have no activation code for a card of plastic', () => {
    expect(outputs('sim-inventory', 'sim.assign', { simType: 'physical' })).not.toHaveProperty(
      'activationCode',
    );
  });
});

function luhnSum(digits: string): number {
  return [...digits].reverse().reduce((sum, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return sum + (value > 9 ? value - 9 : value);
  }, 0);
}

describe('the documentation', () => {
  it('is what the operations say', async () => {
    const path = new URL('../../docs/underlying-systems.openapi.yaml', import.meta.url);
    expect(
      await readFile(path, 'utf8'),
      'run: node simulator/openapi.ts > docs/underlying-systems.openapi.yaml',
    ).toBe(apiDocument());
  });
});

import { describe, expect, it } from 'vitest';
import { holdsOn, SUSPENDED } from '#shared/holds/holds.ts';
import type { Switch } from '#shared/holds/switches.ts';
import { close } from '#shared/tasks/order.ts';

const off = (kind: Switch['kind'], name: string): Switch => ({
  ...{ kind, name, reason: 'Incident', by: 'ops-1', at: '2026-03-02T08:00:00.000Z' },
});
const SUSPENSION = { reason: 'Fraud', by: 'ops-1', at: '2026-03-02T08:00:00.000Z' };

describe('what keeps a step from beginning', () => {
  it('is the suspension of its order, and each switch of its flow, task and system', () => {
    const row = { flow: 'router.create', suspended: SUSPENSION };
    const switches = [
      off('flow', 'router.create'),
      off('task', 'cpe.provision'),
      off('system', 'acs-mdm'),
      off('system', 'warehouse'),
    ];
    expect(holdsOn(row, switches, { name: 'cpe.provision', system: 'acs-mdm' })).toEqual([
      SUSPENDED,
      'flow:router.create',
      'task:cpe.provision',
      'system:acs-mdm',
    ]);
  });

  it('is no suspension once all items have ended: an order that is closed could not be resumed', () => {
    const row = { flow: 'order.manage', suspended: SUSPENSION };
    expect(holdsOn(row, [], close)).toEqual([]);
    expect(holdsOn(row, [off('task', 'order.close')], close)).toEqual(['task:order.close']);
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as inventory from '#shared/tasks/inventory.ts';
import { SUBORDER_FLOWS } from '#state-machines/catalogue.ts';
import { flow, gate, system } from '#state-machines/language/flow.ts';
import { type OrderPlan, planOrder } from '#state-machines/planning/plan.ts';
import { accepted, anyOrder, BUNDLE, item, order, refusals } from './orders.ts';
import { runPlan } from './run-plan.ts';

const plan = (...args: Parameters<typeof order>) => planOrder(order(...args));
const suborder = (of: OrderPlan, number: string) => {
  const found = of.suborders.find((planned) => planned.suborder === number);
  if (!found) throw new Error(`no suborder ${number}`);
  return found;
};

describe('the reference bundle', () => {
  const bundle = accepted(plan(BUNDLE));

  it('gives each item a suborder and a flow', () => {
    expect(bundle.suborders.map((planned) => [planned.suborder, planned.item, planned.flow])).toEqual([
      ['01', '1', 'fibre.create.existing-drop'],
      ['02', '2', 'internet.create'],
      ['03', '3', 'router.create'],
      ['04', '4', 'set-top-box.create'],
      ['05', '5', 'iptv.create'],
      ['06', '6', 'voip.create.new-number'],
      ['07', '7', 'mobile-postpaid.create.esim'],
    ]);
  });

  it('lets steps wait for steps, not suborders for suborders', () => {
    expect(Object.fromEntries(bundle.suborders.map((own) => [own.suborder, own.waits]))).toEqual({
      '01': [],
      '02': [
        {
          wait: '02#provision#gate',
          kind: 'gate',
          step: 'provision',
          pending: ['01:D01'],
          reason: 'Wait until the line works',
        },
        {
          wait: '02#test#gate',
          kind: 'gate',
          step: 'test',
          pending: ['03:D09:ROUTER_PROVISIONED', '03:D09:HW_DELIVERED'],
          reason: 'Wait for the router',
        },
      ],
      '03': [
        {
          wait: '03#pick#gate',
          kind: 'gate',
          step: 'pick',
          pending: ['01:D08'],
          reason: 'Wait for the line date',
          workingDaysBefore: 3,
        },
      ],
      '04': [
        {
          wait: '04#pick#gate',
          kind: 'gate',
          step: 'pick',
          pending: ['01:D07'],
          reason: 'Wait for the line date',
          workingDaysBefore: 3,
        },
      ],
      '05': [
        {
          wait: '05#tv#gate',
          kind: 'gate',
          step: 'tv',
          pending: ['02:D05', '04:D06'],
          reason: 'Wait for internet and the set-top box',
        },
      ],
      '06': [
        {
          wait: '06#provision#gate',
          kind: 'gate',
          step: 'provision',
          pending: ['02:D02'],
          reason: 'Wait for internet',
        },
        {
          wait: '06#adapter#gate',
          kind: 'gate',
          step: 'adapter',
          pending: ['03:D10'],
          reason: 'Wait for the router',
        },
      ],
      '07': [],
    });
  });

  it('says at each milestone which waits it opens, and how long before the date that it carries', () => {
    expect(suborder(bundle, '01').opens).toEqual({
      ACCESS_READY: [{ wait: '02#provision#gate', entry: '01:D01' }],
      LINE_DATE_CONFIRMED: [
        { wait: '03#pick#gate', entry: '01:D08', workingDaysBefore: 3 },
        { wait: '04#pick#gate', entry: '01:D07', workingDaysBefore: 3 },
      ],
      ENDED: [{ wait: '00#close#gate', entry: '01:SUBORDERS' }],
    });
  });

  it('lets order management wait until all have ended', () => {
    expect(bundle.management).toMatchObject({
      suborder: '00',
      flow: 'order.manage',
      steps: 6,
      startsAfter: [],
    });
    expect(bundle.management.waits).toEqual([
      {
        wait: '00#close#gate',
        kind: 'gate',
        step: 'close',
        pending: ['01', '02', '03', '04', '05', '06', '07'].map((number) => `${number}:SUBORDERS`),
        reason: 'Wait for all suborders',
      },
    ]);
  });

  it('gives a flow the facts of item and offering, and the numbers of the others', () => {
    expect(suborder(bundle, '06')).toMatchObject({
      product: 'voip',
      facts: { numberSource: 'new', features: [], product: 'voip' },
      siblings: { fibre: ['01'], internet: ['02'], router: ['03'], iptv: ['05'] },
    });
    expect(suborder(bundle, '06').siblings).not.toHaveProperty('voip');
    expect(suborder(bundle, '04').facts).toEqual({
      product: 'set-top-box',
      sku: 'STB-4K-01',
      extra: false,
      existingAccount: false,
    });
  });

  it('can be carried out', () => {
    expect(runPlan(bundle).left).toEqual([]);
  });
});

describe('conditions', () => {
  it('counts the steps that run, and knows the flags that the flow branches on', () => {
    const by = (selfInstall: boolean) =>
      suborder(accepted(plan([item('1', 'fibre-1000', { characteristics: { selfInstall } })])), '01');
    expect(by(false)).toMatchObject({ flags: { selfInstall: false }, steps: 13 });
    expect(by(true)).toMatchObject({ flags: { selfInstall: true }, steps: 12 });
  });

  const installed = gate('T01', {
    title: 'Wait for the installation',
    why: 'test',
    flows: ['fibre.create.*'],
    milestones: ['VISIT_DONE', 'HW_DELIVERED'],
  });
  const visited = { ...installed, id: 'T02', milestones: ['VISIT_DONE'] as const };
  const waiting = (rule: typeof installed, selfInstall: boolean) => {
    const flows = [
      ...SUBORDER_FLOWS.filter(({ id }) => !id.startsWith('router')),
      flow('router.create', 'Router', {
        selects: { product: 'router', action: 'add' },
        expected: 'P1D',
        steps: [system('lock', inventory.lock, { waitsFor: rule })],
      }),
    ];
    const items = [item('1', 'fibre-1000', { characteristics: { selfInstall } }), item('2', 'router-wifi7')];
    return suborder(accepted(planOrder(order(items), flows)), '02').waits.map(({ pending }) => pending);
  };

  it('does not wait for a milestone that only a skipped step would reach', () => {
    expect(waiting(visited, true)).toEqual([]);
    expect(waiting(visited, false)).toEqual([['01:T02']]);
  });

  it('waits for the milestone that is on the path when a gate names alternatives', () => {
    expect(waiting(installed, true)).toEqual([['01:T01']]);
    expect(waiting(installed, false)).toEqual([['01:T01']]);
  });

  it('waits out the withdrawal period of a consumer who did not agree to an early start', () => {
    const sold = (consents: string[], distanceSale = true) =>
      accepted(plan([item('1', 'iptv-basic')], { consents, distanceSale })).management;
    expect(sold([])).toMatchObject({
      flags: { withdrawalWait: true },
      facts: { withdrawalEnds: '2026-03-16T08:00:00.000Z' },
      steps: 7,
    });
    expect(sold(['early-start'])).toMatchObject({ flags: { withdrawalWait: false }, facts: {}, steps: 6 });
    expect(sold([], false)).toMatchObject({ flags: { withdrawalWait: false } });
  });
});

describe('reliesOn', () => {
  it('holds a suborder back until the one it relies on is complete', () => {
    const own = accepted(
      plan([item('a', 'fibre-1000'), item('b', 'mobile-postpaid-20gb', { reliesOn: ['a'] })]),
    );
    expect(suborder(own, '02')).toMatchObject({
      startsAfter: ['01:RELIES_ON'],
      waits: [{ wait: '02#start#start', kind: 'start', step: 'start', pending: ['01:RELIES_ON'] }],
    });
    expect(suborder(own, '01').opens.COMPLETE).toEqual([{ wait: '02#start#start', entry: '01:RELIES_ON' }]);
    const { done } = runPlan(own);
    expect(done.indexOf('02#lock')).toBeGreaterThan(done.indexOf('01#unlock'));
  });

  it('adds nothing where a gate links the two already, whichever way', () => {
    const forward = accepted(
      plan([item('1', 'fibre-1000'), item('2', 'internet-1000', { reliesOn: ['1'] })]),
    );
    expect(suborder(forward, '02').startsAfter).toEqual([]);
    const backward = accepted(
      plan([item('1', 'fibre-1000', { reliesOn: ['2'] }), item('2', 'internet-1000')]),
    );
    expect(suborder(backward, '01').startsAfter).toEqual([]);
  });
});

describe('items without work', () => {
  it('completes a noChange item at once; nobody waits for it', () => {
    const own = accepted(
      plan([
        item('1', 'fibre-1000', { action: 'noChange' }),
        item('2', 'internet-1000', { reliesOn: ['1'] }),
        item('3', undefined, { action: 'noChange' }),
      ]),
    );
    expect(own.unchanged).toEqual([
      { suborder: '01', item: '1' },
      { suborder: '03', item: '3' },
    ]);
    expect(own.suborders.map((planned) => planned.suborder)).toEqual(['02']);
    expect(suborder(own, '02').waits).toEqual([]);
    expect(own.management.waits).toMatchObject([{ pending: ['02:SUBORDERS'] }]);
  });

  it('leaves an item without an offering to the order desk, and waits for what becomes of it', () => {
    const own = accepted(plan([item('1', undefined), item('2', 'iptv-basic', { reliesOn: ['1'] })]));
    expect(own.incomplete).toEqual([
      {
        suborder: '01',
        item: '1',
        reason: 'The item names no product offering',
        opens: {
          COMPLETE: [{ wait: '02#start#start', entry: '01:RELIES_ON' }],
          ENDED: [{ wait: '00#close#gate', entry: '01:SUBORDERS' }],
        },
      },
    ]);
  });

  it('closes an order at once in which nothing changes', () => {
    const own = accepted(plan([item('1', 'iptv-basic', { action: 'noChange' })]));
    expect(own.management.waits).toEqual([]);
    expect(runPlan(own).left).toEqual([]);
  });
});

describe('refusals name the item and the reason', () => {
  it.each([
    [
      'an unknown offering',
      [item('1', 'fax-9600')],
      '/productOrderItem/0/productOffering/id Item 1: there is no offering fax-9600',
    ],
    [
      'an action without a flow',
      [item('1', 'vod-film', { action: 'modify' })],
      "/productOrderItem/0/action Item 1: no flow does 'modify' for vod (vod-film)",
    ],
    [
      'a wrong characteristic',
      [item('1', 'fibre-1000', { characteristics: { colour: 'red' } })],
      '/productOrderItem/0/product/productCharacteristic/colour Item 1: fibre-1000 has no characteristic colour; it has drop, selfInstall',
    ],
    [
      'an item that relies on itself',
      [item('1', 'iptv-basic', { reliesOn: ['1'] })],
      '/productOrderItem/0/productOrderItemRelationship Item 1 relies on itself',
    ],
    [
      'an item that relies on one that does not exist',
      [item('1', 'iptv-basic', { reliesOn: ['9'] })],
      '/productOrderItem/0/productOrderItemRelationship Item 1 relies on item 9, which the order does not have',
    ],
    [
      'the same id twice',
      [item('1', 'iptv-basic'), item('1', 'iptv-basic')],
      '/productOrderItem/0/id Item id 1 is used more than once',
    ],
    [
      'a circle of relations',
      [
        item('a', 'iptv-basic', { reliesOn: ['b'] }),
        item('b', 'router-wifi7', { reliesOn: ['c'] }),
        item('c', 'mobile-postpaid-20gb', { reliesOn: ['b'] }),
      ],
      '/productOrderItem/1/productOrderItemRelationship Items rely on each other in a circle: b → c → b',
    ],
    [
      'a circle of relations and gates',
      [
        item('line', 'fibre-1000', { reliesOn: ['phone'] }),
        item('net', 'internet-1000'),
        item('phone', 'voip-home'),
      ],
      "/productOrderItem/0 The items wait for each other: item line starts after item phone is complete; item phone waits before 'Provision voice' for INTERNET_ACTIVE of item net; item net waits before 'Provision internet' for ACCESS_READY of item line",
    ],
  ])('%s', (_what, items, message) => {
    expect(refusals(plan(items))).toEqual([message]);
  });

  it('a choice without a flow', () => {
    const flows = SUBORDER_FLOWS.filter(({ id }) => id !== 'fibre.create.new-build');
    const ordered = order([item('1', 'fibre-1000', { characteristics: { drop: 'new-build' } })]);
    expect(refusals(planOrder(ordered, flows))).toEqual([
      "/productOrderItem/0/product/productCharacteristic Item 1: no flow does 'add' fibre with drop 'new-build'; there are flows for drop 'existing', or drop 'wholesale'",
    ]);
  });

  it('names all items at once', () => {
    expect(refusals(plan([item('1', 'a'), item('2', 'b')]))).toHaveLength(2);
  });
});

describe('any order', () => {
  it('is refused, or reaches its end whatever the order of events', () => {
    let acceptedOrders = 0;
    fc.assert(
      fc.property(anyOrder(30), fc.infiniteStream(fc.nat(10_000)), (facts, choices) => {
        const result = planOrder(facts);
        if ('refusals' in result) return;
        acceptedOrders += 1;
        expect(runPlan(result, () => choices.next().value ?? 0).left).toEqual([]);
      }),
      { numRuns: 60 },
    );
    expect(acceptedOrders).toBeGreaterThan(10);
  });

  it('has for every entry of a wait what opens it, and the other way round', () => {
    fc.assert(
      fc.property(anyOrder(100), (facts) => {
        const result = planOrder(facts);
        if ('refusals' in result) return;
        const all = [result.management, ...result.suborders];
        const entries = all.flatMap(({ waits }) =>
          waits.flatMap(({ wait, pending }) => pending.map((entry) => `${wait} ${entry}`)),
        );
        const openings = [...all, ...result.incomplete].flatMap(({ opens }) =>
          Object.values(opens).flatMap((list) => list.map(({ wait, entry }) => `${wait} ${entry}`)),
        );
        expect(new Set(entries).size).toBe(entries.length);
        expect(new Set(openings)).toEqual(new Set(entries));
        const waits = all.flatMap((own) => own.waits.map(({ wait }) => wait));
        expect(new Set(waits).size).toBe(waits.length);
        for (const own of all)
          for (const wait of own.waits) {
            expect(wait.wait.startsWith(`${own.suborder}#${wait.step}#`)).toBe(true);
            expect(wait.pending).not.toEqual([]);
            expect(wait.pending.every((entry) => !entry.startsWith(`${own.suborder}:`))).toBe(true);
          }
      }),
      { numRuns: 60 },
    );
  });

  it('numbers items in their order, and leaves none out', () => {
    fc.assert(
      fc.property(anyOrder(100), (facts) => {
        const result = planOrder(facts);
        if ('refusals' in result) return;
        const planned = [...result.suborders, ...result.unchanged, ...result.incomplete];
        expect(new Map(planned.map((own) => [own.suborder, own.item]))).toEqual(
          new Map(facts.items.map(({ id }, index) => [String(index + 1).padStart(2, '0'), id])),
        );
      }),
      { numRuns: 30 },
    );
  });
});

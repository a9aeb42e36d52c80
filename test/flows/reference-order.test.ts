import { beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '#test/support/stage.ts';

/** The suborders of the reference order, by the numbers of their items. */
const FIBRE = '01';
const ROUTER = '03';
const BOX = '04';

/** Everything that the customer is told, once each. */
const MESSAGES = [
  '00.order.ORDER_RECEIVED',
  '01.assign.ORDER_CONFIRMED',
  '01.bill.SERVICE_ACTIVE',
  '01.book.VISIT_CONFIRMED',
  '01.visit.VISIT_REMINDER-1',
  '02.bill.SERVICE_ACTIVE',
  '03.bill.SERVICE_ACTIVE',
  '03.ship.HW_SHIPPED',
  '04.bill.SERVICE_ACTIVE',
  '04.ship.HW_SHIPPED',
  '05.bill.SERVICE_ACTIVE',
  '06.bill.SERVICE_ACTIVE',
  '07.bill.SERVICE_ACTIVE',
  '07.provision.SIM_READY',
];

const DAY = 24 * 3_600_000;

describe('the reference order, from the API to completion', () => {
  let stage: Stage;
  let order: string;

  beforeAll(async () => {
    stage = await Stage.open();
    const inDays = async (days: number) =>
      new Date((await stage.platform.cloud.now()) + days * DAY).toISOString();
    // On the day of the visit, so that the customer has been reminded of it.
    const slot = `${await inDays(3)}/${await inDays(3.1)}`;
    stage.script({ operation: 'appointment.book' }, { kind: 'success', outputs: { slot } });
    order = await stage.submit();
  });

  it('is divided into a suborder for each item, which all start at once', async () => {
    const { state, productOrderItem } = await stage.order(order);
    expect(state).toBe('inProgress');
    expect(productOrderItem.map(({ id, state }) => [id, state])).toEqual([
      ['1', 'inProgress'],
      ['2', 'inProgress'],
      ['3', 'inProgress'],
      ['4', 'inProgress'],
      ['5', 'inProgress'],
      ['6', 'inProgress'],
      ['7', 'completed'],
    ]);
    expect(stage.steps(order, 'asset.lock').sort()).toEqual([
      '01.lock',
      '02.lock',
      '03.lock',
      '04.lock',
      '05.lock',
      '06.lock',
      '07.lock',
    ]);
  });

  it('completes mobile at once, while the fibre waits', async () => {
    expect(await stage.milestones(order, '7')).toContain('MOBILE_ACTIVE');
    expect(await stage.milestones(order, '1')).not.toContain('ACCESS_READY');
  });

  it('reserves what can be reserved before anything else: the number, the addresses, the units', () => {
    expect(stage.steps(order, 'number.reserve').sort()).toEqual(['06.number', '07.number']);
    expect(stage.steps(order, 'stock.reserve').sort()).toEqual(['01.reserve', '03.reserve', '04.reserve']);
    expect(stage.steps(order, 'resource.assign').sort()).toEqual(['01.assign', '02.address']);
  });

  it('puts three units on the desk of the warehouse, and provisions none', async () => {
    const desk = await stage.desk('LOGISTICS_PICK', order);
    expect(desk.map(({ suborder }) => suborder).sort()).toEqual([FIBRE, ROUTER, BOX]);
    expect(stage.effects(order, 'cpe.provision')).toEqual([]);
    expect(stage.effects(order, 'logistics.ship')).toEqual([]);
  });

  it('provisions and ships the set-top box once it is scanned, not before', async () => {
    await stage.pick(order, BOX);
    expect(stage.steps(order, 'cpe.provision')).toEqual(['04.provision']);
    expect(stage.steps(order, 'logistics.ship')).toEqual(['04.ship']);
    expect(stage.effects(order, 'tv.provision')).toEqual([]);
    expect(await stage.milestones(order, '4')).toEqual(
      expect.arrayContaining(['HW_SCANNED', 'STB_PROVISIONED']),
    );
  });

  it('ships the router when it is scanned, and books the technician once the fibre box is', async () => {
    expect(stage.effects(order, 'appointment.book')).toEqual([]);
    await stage.pick(order, ROUTER);
    await stage.pick(order, FIBRE);
    expect(stage.steps(order, 'logistics.ship')).toEqual(['04.ship', '03.ship']);
    expect(stage.steps(order, 'field.dispatch')).toEqual(['01.dispatch']);
  });

  it('completes box and router when the carrier has delivered', async () => {
    await stage.advance('P1D');
    expect(await stage.deliver(order, BOX)).toBe('applied');
    expect(await stage.deliver(order, ROUTER)).toBe('applied');
    expect((await stage.item(order, '3')).state).toBe('completed');
    expect((await stage.item(order, '4')).state).toBe('completed');
    expect(await stage.milestones(order, '3')).toContain('ROUTER_PROVISIONED');
  });

  it('holds internet back until the line works, and with it telephone and television', async () => {
    await stage.advance('P2D');
    for (const operation of ['access.activate', 'internet.provision', 'voip.provision', 'tv.provision'])
      expect(stage.effects(order, operation), operation).toEqual([]);
  });

  it('lets everything go on, in the order of the gates, once the technician is done', async () => {
    expect(await stage.visit(order, FIBRE)).toBe('applied');
    const done = stage.effects(order).map(({ operation, step }) => `${step} ${operation}`);
    const at = (step: string) => done.indexOf(step);
    const inOrder = (...steps: string[]) => {
      const places = steps.map(at);
      expect(places).not.toContain(-1);
      expect(places, steps.join(' then ')).toEqual([...places].sort((a, b) => a - b));
    };
    inOrder('01.activate access.activate', '02.provision internet.provision', '05.tv tv.provision');
    inOrder('02.provision internet.provision', '06.provision voip.provision', '06.adapter cpe.provision');
    inOrder('03.provision cpe.provision', '02.test service.test');
    inOrder('04.provision cpe.provision', '05.tv tv.provision');
  });

  it('is completed, every item of it and every step', async () => {
    const { state, completionDate, progress, productOrderItem } = await stage.order(order);
    expect(state).toBe('completed');
    expect(completionDate).toBeDefined();
    expect(new Set(productOrderItem.map((item) => item.state))).toEqual(new Set(['completed']));
    expect(progress?.done).toBe(progress?.steps);
  });

  it('told the customer each thing once', () => {
    expect(stage.messages(order)).toEqual(MESSAGES);
  });

  it('had one effect for each step', () => {
    const { byKey, byStep, undoneTwice } = stage.simulator.doubleEffects();
    const ofOrder = (groups: typeof byStep) => groups.filter(([first]) => first?.correlationId === order);
    expect([byKey, byStep, undoneTwice].map(ofOrder)).toEqual([[], [], []]);
  });
});

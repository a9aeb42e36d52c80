import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '#scripts/api.ts';
import { Stage } from '#test/support/stage.ts';

const BOX = '04';

describe('the logistics desk', () => {
  let stage: Stage;
  let order: string;

  beforeEach(async () => {
    stage = await Stage.open();
    order = await stage.submit();
  });

  it('sends a damaged unit to the back-order desk; a retry brings the pick back, and the flow goes on', async () => {
    const { id } = await stage.workItem('LOGISTICS_PICK', order, BOX);
    await stage.act(id, 'reject', { code: 'ITEM_DAMAGED', note: 'Crushed corner' }, 'logistics');
    expect((await stage.item(order, '4')).state).toBe('held');
    expect((await stage.order(order)).state).toBe('inProgress');

    const fallout = await stage.workItem('LOGISTICS_BACKORDER', order, BOX);
    const { failure } = await stage.api.workItem(fallout.id, 'logistics');
    expect(failure).toMatchObject({ step: 'pick', error: 'ITEM_DAMAGED', cause: 'Crushed corner' });

    await stage.act(fallout.id, 'resolve', { action: 'RETRY', reason: 'Another one was found' });
    expect((await stage.item(order, '4')).state).toBe('inProgress');
    await stage.pick(order, BOX);
    expect(stage.steps(order, 'cpe.provision')).toEqual(['04.provision']);
    expect(await stage.desk('LOGISTICS_BACKORDER', order)).toEqual([]);
  });

  it('refuses a serial number that another live suborder has, and says which one', async () => {
    const labels = { serialNumber: 'S4K000098765', macAddress: 'a1-b2-c3-00-00-01' };
    await stage.pick(order, BOX, labels);
    const other = await stage.submit();
    const error = await stage
      .pick(other, BOX, { ...labels, macAddress: 'a1-b2-c3-00-00-02' })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 409,
      body: { code: 'SERIAL_IN_USE', detail: expect.stringContaining(`suborder ${BOX} of order ${order}`) },
    });
    expect(stage.effects(other, 'cpe.provision')).toEqual([]);
  });

  it('refuses a MAC address that another live suborder has, however it is written', async () => {
    await stage.pick(order, BOX, { serialNumber: 'S4K000011111', macAddress: 'A1:B2:C3:00:00:03' });
    const other = await stage.submit();
    await expect(
      stage.pick(other, BOX, { serialNumber: 'S4K000011112', macAddress: 'a1b2.c300.0003' }),
    ).rejects.toMatchObject({ status: 409, body: { code: 'MAC_IN_USE' } });
  });

  it('refuses a label of the wrong kind, naming the field', async () => {
    await expect(stage.pick(order, BOX, { serialNumber: 'R70000012345' })).rejects.toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/serialNumber' }] },
    });
    await expect(stage.pick(order, BOX, { ok: false })).rejects.toMatchObject({ status: 400 });
  });

  it('lets one person at a time at a work item, and nobody of another desk', async () => {
    const { id } = await stage.workItem('LOGISTICS_PICK', order, BOX);
    await stage.act(id, 'claim', undefined, 'ops');
    await expect(stage.act(id, 'claim', undefined, 'logistics')).rejects.toMatchObject({ status: 409 });
    await stage.act(id, 'release', undefined, 'ops');
    const labels = { serialNumber: 'S4K000022222', macAddress: 'A1B2C3000022' };
    await stage.pick(order, BOX, labels);
    await expect(stage.act(id, 'complete', { ...labels, ok: true })).rejects.toMatchObject({ status: 409 });
    const { status } = await stage.api.request({
      role: 'logistics',
      path: '/desks/CREDIT_REVIEW/work-items',
    });
    expect(status).toBe(403);
  });

  it('shows no task token anywhere', async () => {
    const { id } = await stage.workItem('LOGISTICS_PICK', order, BOX);
    const shown = JSON.stringify([await stage.api.workItem(id), await stage.desk('LOGISTICS_PICK', order)]);
    expect(shown.toLowerCase()).not.toContain('token');
  });
});

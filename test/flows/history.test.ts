import { beforeAll, describe, expect, it } from 'vitest';
import type { History } from '#scripts/api.ts';
import { Stage } from '#test/support/stage.ts';

const BOX = '04';

describe('the history of an order', () => {
  let stage: Stage;
  let order: string;

  beforeAll(async () => {
    stage = await Stage.open();
    stage.script({ operation: 'cpe.provision' }, { kind: 'reject', code: 'UNKNOWN_SERIAL' });
    order = await stage.submit();
    const { id } = await stage.workItem('LOGISTICS_PICK', order, BOX);
    await stage.act(id, 'claim', undefined, 'logistics');
    await stage.act(id, 'release', undefined, 'logistics');
    await stage.pick(order, BOX);
    const fallout = await stage.workItem('ACTIVATION_FALLOUT', order, BOX);
    await stage.act(fallout.id, 'resolve', { action: 'REASSIGN', desk: 'TV_OPS', reason: 'Theirs' });
    await stage.act(fallout.id, 'resolve', { action: 'RETRY', reason: 'The box is known now' });
  });

  const told = ({ entries }: History) => entries.map(({ what, by, step = '' }) => `${what} ${step} ${by}`);

  it('tells who did what, when and why, in the order of time', async () => {
    const history = await stage.api.history(order, `?suborder=${BOX}&limit=100`);
    // What happens in one instant of this clock is in no order.
    expect(told(history).sort()).toEqual([
      'CLAIM pick picker-17',
      'COMPLETE pick picker-17',
      'REASSIGN provision operator-1',
      'RELEASE pick picker-17',
      'RETRY provision operator-1',
      'STEP_DONE lock inventory',
      'STEP_DONE pick picker-17',
      'STEP_DONE provision acs-mdm',
      'STEP_DONE reserve warehouse',
      'STEP_DONE ship carrier',
      'STEP_FAILED provision milepost',
      'STEP_WAITS deliver milepost',
      'SUBORDER_STARTED  milepost',
    ]);
    const times = history.entries.map(({ at }) => at);
    expect(times).toEqual([...times].sort());
    expect(history.entries.find(({ what }) => what === 'STEP_FAILED')).toMatchObject({
      why: expect.stringContaining('UNKNOWN_SERIAL'),
      item: '4',
      details: { routedTo: 'ACTIVATION_FALLOUT', attempts: 1 },
    });
    expect(history.entries.find(({ what }) => what === 'RETRY')).toMatchObject({
      why: 'The box is known now',
    });
  });

  it('is answered in pages, of which none repeats or leaves out an entry', async () => {
    const whole = await stage.api.history(order, '?limit=100');
    const paged: History['entries'] = [];
    let cursor: string | undefined;
    do {
      const page = await stage.api.history(order, `?limit=7${cursor ? `&cursor=${cursor}` : ''}`);
      paged.push(...page.entries);
      cursor = page.nextCursor;
    } while (cursor);
    expect(paged).toEqual(whole.entries);
    expect(whole.entries[0]).toMatchObject({ what: 'ORDER_ACCEPTED', by: 'self-service-portal' });
  });

  it('tells who suspended an order, resumed it and had it cancelled, and why', async () => {
    const path = `/tmf-api/productOrderingManagement/v4/productOrder/${order}`;
    const post = async (what: string, body: unknown) => {
      await stage.advance('PT1M');
      await stage.api.request({ role: 'ops', method: 'POST', path: `${path}/${what}`, body });
    };
    await post('suspend', { reason: 'Fraud is looked into' });
    await post('resume', undefined);
    await stage.advance('PT1M');
    await stage.api.cancel(order, ['5']);
    await stage.advance('PT1H');
    const { entries } = await stage.api.history(order, '?limit=100');
    const deeds = entries.filter(
      ({ what, suborder = '05' }) => /SUSP|RESUME|CANCEL/.test(what) && suborder === '05',
    );
    expect(deeds).toMatchObject([
      { what: 'SUSPEND', by: 'operator-1', why: 'Fraud is looked into', item: '5' },
      { what: 'RESUME', by: 'operator-1', item: '5' },
      { what: 'CANCEL', by: 'self-service-portal', details: { items: ['5'] } },
      { what: 'CANCEL_ENDED' },
    ]);
  });

  it('is not for channels', async () => {
    const { status } = await stage.api.request({
      role: 'channel',
      path: `/tmf-api/productOrderingManagement/v4/productOrder/${order}/history`,
    });
    expect(status).toBe(403);
  });
});

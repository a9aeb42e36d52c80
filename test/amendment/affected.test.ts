import { describe, expect, it } from 'vitest';
import { affectedSteps } from '#state-machines/amendment/affected.ts';
import { flowNamed } from '#state-machines/catalogue.ts';
import { doneStep } from '../steps/support.ts';

/** The steps of a flow that are done again when these facts change, once these have been reached. */
function affected(
  id: string,
  changed: readonly string[],
  reached: readonly string[],
  flags: { before?: Record<string, boolean>; after?: Record<string, boolean> } = {},
  again: readonly string[] = [],
) {
  const flow = flowNamed(id);
  if (!flow) throw new Error(`There is no flow ${id}`);
  const { before = {}, after = before } = flags;
  const records = reached.map((step) => doneStep(step));
  return [...affectedSteps(flow, { changed, again, before, after }, records)];
}

describe('the steps that a change affects', () => {
  const MOBILE = 'mobile-postpaid.create.new-number';
  const POSTED = ['lock', 'number', 'sim', 'pick', 'ship', 'provision', 'deliver'];

  it('are those that use what changes and those after them, not what runs beside or waits for the same parcel', () => {
    expect(affected(MOBILE, ['plan'], POSTED)).toEqual(['provision']);
    expect(affected(MOBILE, ['plan'], ['lock', 'number', 'sim'])).toEqual([]);
    expect(affected(MOBILE, ['shoeSize'], POSTED)).toEqual([]);
  });

  it('are those that waited for what is taken back, and those after them', () => {
    expect(affected(MOBILE, [], POSTED, {}, ['provision'])).toEqual(['provision']);
    expect(affected(MOBILE, [], ['lock', 'number'], {}, ['provision'])).toEqual([]);
  });

  it('wait for an event anew when what it is about is another', () => {
    expect(
      affected('set-top-box.create', ['sku'], ['lock', 'reserve', 'pick', 'provision', 'ship', 'deliver']),
    ).toEqual(['reserve', 'pick', 'provision', 'ship', 'deliver']);
  });

  it('are those after what the change adds to the path, and what it takes away', () => {
    const reached = ['lock', 'qualify', 'assign', 'reserve', 'pick', 'book', 'dispatch'];
    const paths = { before: { selfInstall: false }, after: { selfInstall: true } };
    expect(affected('fibre.create.existing-drop', [], reached, paths)).toEqual(['book', 'dispatch']);
    expect(affected('fibre.create.existing-drop', [], ['lock', 'qualify'], paths)).toEqual([]);
  });

  it('complete their suborder when they could not because of the change', () => {
    const all = [...POSTED, 'inventory', 'bill', 'unlock'];
    expect(affected(MOBILE, ['shoeSize'], all)).toEqual(['unlock']);
  });
});

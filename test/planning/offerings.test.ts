import { describe, expect, it } from 'vitest';
import { findOffering, OFFERINGS, validateCharacteristics, variantsOf } from '#shared/catalogue/offerings.ts';

function check(id: string, values: Record<string, unknown>) {
  const offering = findOffering(id);
  if (!offering) throw new Error(`no offering ${id}`);
  return validateCharacteristics(offering, 'add', values);
}

describe('offerings', () => {
  it('have ids of their own, and never let an order choose what the offering gives', () => {
    expect(new Set(OFFERINGS.map(({ id }) => id)).size).toBe(OFFERINGS.length);
    for (const offering of OFFERINGS)
      for (const { characteristics } of variantsOf(offering))
        expect(Object.keys(characteristics.shape).filter((name) => name in offering.adds)).toEqual([]);
  });

  it('are found by id', () => {
    expect(findOffering('fibre-1000')?.product).toBe('fibre');
    expect(findOffering('fibre-9000')).toBeUndefined();
  });

  it('fill in defaults', () => {
    expect(check('fibre-1000', {})).toEqual({ values: { drop: 'existing', selfInstall: false } });
    expect(check('router-wifi7', { upFront: true })).toEqual({ values: { upFront: true } });
  });

  it.each([
    [
      'fibre-1000',
      { colour: 'red' },
      '/colour',
      'fibre-1000 has no characteristic colour; it has drop, selfInstall',
    ],
    ['iptv-basic', { colour: 'red' }, '/colour', 'iptv-basic has no characteristic colour; it has none'],
    ['fibre-1000', { drop: 'air' }, '/drop', "drop must be 'existing' or 'new-build' or 'wholesale'"],
    ['fibre-1000', { selfInstall: 'yes' }, '/selfInstall', 'selfInstall must be of type boolean'],
    [
      'mobile-postpaid-20gb',
      { addons: ['data-5gb', 'gold'] },
      '/addons/1',
      "addons.1 must be 'roaming-plus' or 'data-5gb' or 'multi-sim'",
    ],
    ['mobile-postpaid-20gb', { eid: '12' }, '/eid', 'eid is wrong: expected 32 digits'],
  ])('%s refuses %o', (id, values, pointer, message) => {
    expect(check(id, values)).toEqual({ problems: [{ pointer, message }] });
  });
});

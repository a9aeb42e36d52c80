import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '#functions/http.ts';
import { get } from '#functions/product-offerings/get.ts';
import { list } from '#functions/product-offerings/list.ts';
import { OFFERINGS, variantsOf } from '#shared/catalogue/offerings.ts';
import { SUBORDER_FLOWS } from '#state-machines/catalogue.ts';
import { flowChoices } from '#state-machines/planning/choices.ts';

const request = (
  query: Readonly<Record<string, string>>,
  path: Readonly<Record<string, string>> = {},
): HttpRequest => ({
  query,
  path,
  body: undefined,
  headers: {},
  caller: { sub: 'portal', clientId: 'portal', scopes: ['orders:read'], desks: [] },
});

/** As it is answered: as JSON. */
async function offering(id: string) {
  const { body } = await get(request({}, { id }));
  return JSON.parse(JSON.stringify(body));
}

async function page(query: Readonly<Record<string, string>>) {
  const { headers, body } = await list(request(query));
  const found: { id: string }[] = JSON.parse(JSON.stringify(body));
  return { headers, ids: found.map(({ id }) => id), found };
}

describe('an offering of the product catalogue', () => {
  it('says what can be chosen, what is meant otherwise, and what it gives', async () => {
    expect(await offering('fibre-1000')).toMatchObject({
      id: 'fibre-1000',
      href: '/tmf-api/productCatalogManagement/v4/productOffering/fibre-1000',
      name: 'Fibre line, 1000 Mbit/s',
      lifecycleStatus: 'Launched',
      isSellable: true,
      version: '1.0',
      productSpecification: {
        id: 'fibre',
        productSpecCharacteristic: [
          {
            name: 'drop',
            valueType: 'string',
            configurable: true,
            minCardinality: 0,
            maxCardinality: 1,
            productSpecCharacteristicValue: [
              { value: 'existing', isDefault: true },
              { value: 'new-build', isDefault: false },
              { value: 'wholesale', isDefault: false },
            ],
          },
          {
            name: 'selfInstall',
            valueType: 'boolean',
            productSpecCharacteristicValue: [
              { value: true, isDefault: false },
              { value: false, isDefault: true },
            ],
          },
          { name: 'sku', configurable: false, productSpecCharacteristicValue: [{ value: 'ONT-XGS-01' }] },
          { name: 'profile', configurable: false },
          { name: 'speed', configurable: false },
        ],
      },
    });
  });

  it('says for each action and change which flow carries it out', async () => {
    const { orderItemAction } = await offering('fibre-1000');
    const [add, ...others] = orderItemAction;
    expect(add.flow).toMatchObject([
      { id: 'fibre.create.existing-drop', where: { drop: 'existing' }, expectedDuration: expect.any(String) },
      { where: { drop: 'new-build' } },
      { where: { drop: 'wholesale' } },
    ]);
    expect(others).toContainEqual(
      expect.objectContaining({
        action: 'modify',
        change: 'speed',
        productSpecCharacteristic: expect.arrayContaining([
          expect.objectContaining({
            name: 'change',
            minCardinality: 1,
            productSpecCharacteristicValue: [{ value: 'speed', isDefault: false }],
          }),
        ]),
      }),
    );
    expect(others.at(-1)).toMatchObject({ action: 'delete', flow: [{ where: {} }] });
  });

  it('tells patterns, ranges and lists apart', async () => {
    const characteristics = async (id: string) =>
      (await offering(id)).productSpecification.productSpecCharacteristic;
    expect(await characteristics('mobile-prepaid')).toContainEqual({
      name: 'amount',
      valueType: 'number',
      configurable: true,
      minCardinality: 0,
      maxCardinality: 1,
      productSpecCharacteristicValue: [
        { valueFrom: 0, valueTo: 5000, rangeInterval: 'closedTop', isDefault: false },
        { value: 100, isDefault: true },
      ],
    });
    expect(await characteristics('number-routing-change')).toContainEqual(
      expect.objectContaining({
        name: 'numbers',
        minCardinality: 1,
        maxCardinality: 10_000,
        regex: '^\\+45\\d{8}$',
      }),
    );
    const addons = (await characteristics('mobile-postpaid-20gb')).find(
      ({ name }: { name: string }) => name === 'addons',
    );
    expect(addons).not.toHaveProperty('maxCardinality');
    expect(addons).toMatchObject({ minCardinality: 0, valueType: 'string' });
  });

  it('is not found under an unknown id', async () => {
    await expect(get(request({}, { id: 'fibre-9000' }))).rejects.toMatchObject({ name: 'NotFound' });
  });
});

describe('the list of offerings', () => {
  it('has all of them in the order of the catalogue, a page at a time', async () => {
    const first = await page({ limit: '10' });
    expect(first.ids).toEqual(OFFERINGS.slice(0, 10).map(({ id }) => id));
    expect(first.headers).toMatchObject({
      'x-total-count': String(OFFERINGS.length),
      'x-result-count': '10',
      link: '</tmf-api/productCatalogManagement/v4/productOffering?limit=10&offset=10>; rel="next"',
    });
    const last = await page({ offset: String(OFFERINGS.length - 1) });
    expect(last.ids).toEqual([OFFERINGS.at(-1)?.id]);
    expect(last.headers?.link).toMatch(/rel="prev"$/);
  });

  it('is narrowed by product, name, state and id, and shows the fields that are asked for', async () => {
    expect((await page({ 'productSpecification.id': 'coax,router', fields: 'name' })).found).toEqual([
      {
        id: 'coax-1000',
        href: expect.stringMatching(/coax-1000$/),
        name: 'Cable broadband line, 1000 Mbit/s',
      },
      expect.objectContaining({ id: 'router-wifi6' }),
      expect.objectContaining({ id: 'router-wifi7' }),
    ]);
    expect((await page({ name: 'Prepaid card' })).ids).toEqual(['mobile-prepaid']);
    const { ids } = await page({ isSellable: 'false', 'productSpecification.id': 'collection' });
    expect(ids).toContain('collection-suspend');
    expect(ids).not.toContain('collection-plan');
    expect((await page({ id: 'voip-home,fibre-9000', lifecycleStatus: 'Launched' })).ids).toEqual([
      'voip-home',
    ]);
  });

  it('refuses parameters that it does not know, and values that cannot be', async () => {
    await expect(list(request({ colour: 'red', isSellable: 'maybe' }))).rejects.toMatchObject({
      problems: [{ pointer: 'colour' }, { pointer: 'isSellable' }],
    });
  });
});

describe('the flows of offerings', () => {
  it('are found for every way to name an offering, and together are all that items can select', () => {
    const ids = OFFERINGS.flatMap((offering) =>
      variantsOf(offering).map((variant) => {
        const flows = flowChoices(SUBORDER_FLOWS, offering, variant);
        expect(flows, `${offering.id} ${variant.action} ${variant.change}`).not.toEqual([]);
        return flows.map(({ id }) => id);
      }),
    ).flat();
    expect(new Set(ids)).toEqual(new Set(SUBORDER_FLOWS.map(({ id }) => id)));
  });
});

import { describe, expect, it } from 'vitest';
import { checkOrder } from '#functions/product-orders/check.ts';
import { OFFERINGS } from '#shared/catalogue/offerings.ts';
import { InvalidRequest, type Problem } from '#shared/domain/errors.ts';
import { readOrder } from '#shared/tmf622/read-order.ts';

/** What stands against an order of a channel with this item. */
function problems(item: Readonly<Record<string, unknown>>): readonly Problem[] {
  const body = {
    relatedParty: [{ id: 'customer-1', '@referredType': 'Individual' }],
    productOrderItem: [{ id: '1', ...item }],
  };
  try {
    checkOrder(readOrder(body, '2026-11-24T08:00:00Z'));
    return [];
  } catch (error) {
    if (error instanceof InvalidRequest) return error.problems;
    throw error;
  }
}

describe('a channel', () => {
  const internal = OFFERINGS.filter(({ orderable }) => orderable === false).map(({ id, add }) => [
    id,
    add ? 'add' : 'delete',
  ]);

  it.each(internal)('cannot order %s', (id, action) => {
    const [problem] = problems({ action, productOffering: { id }, product: { id: 'IP-1' } });
    expect(problem).toMatchObject({
      pointer: '/productOrderItem/0/productOffering/id',
      message: expect.stringContaining(`${id} cannot be ordered`),
    });
  });

  it('is told where an offering stands that it names at the product', () => {
    const [problem] = problems({
      action: 'add',
      product: { productOffering: { id: 'collection-ladder' } },
    });
    expect(problem?.pointer).toBe('/productOrderItem/0/product/productOffering/id');
  });

  it.each(['modify', 'delete'])('names the installed product of a %s', (action) => {
    const item = {
      action,
      productOffering: { id: 'mobile-postpaid-20gb' },
      product: {
        ...(action === 'modify' && { productCharacteristic: [{ name: 'change', value: 'resume' }] }),
      },
    };
    expect(problems(item)).toEqual([
      {
        pointer: '/productOrderItem/0/product/id',
        message: `Item 1: '${action}' needs the id of the installed product`,
        missing: true,
      },
    ]);
    expect(problems({ ...item, product: { ...item.product, id: 'IP-1' } })).toEqual([]);
  });
});

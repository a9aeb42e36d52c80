import { describe, expect, it } from 'vitest';
import { InvalidRequest } from '#shared/domain/errors.ts';
import { newOrderNumber } from '#shared/domain/order-number.ts';
import { isWithin, readFieldsQuery, readListQuery } from '#shared/tmf622/list-query.ts';

function wrongIn(query: Record<string, string>): string[] {
  try {
    readListQuery(query);
  } catch (error) {
    if (error instanceof InvalidRequest && error.code === 'InvalidQuery')
      return error.problems.map(({ pointer }) => pointer);
    throw error;
  }
  return [];
}

describe('the query of a list', () => {
  it('has defaults', () => {
    expect(readListQuery({})).toMatchObject({ offset: 0, limit: 20, newestFirst: true, orderDate: {} });
  });

  it('reads values separated by commas as alternatives, and numbers as people write them', () => {
    const number = newOrderNumber();
    const query = readListQuery({
      state: 'inProgress,held',
      'relatedParty.id': 'a, b ,a',
      id: `${number.toLowerCase()},nonsense`,
      fields: 'state,orderDate',
      sort: 'orderDate',
    });
    expect(query).toMatchObject({
      states: ['inProgress', 'held'],
      parties: ['a', 'b'],
      ids: [number],
      newestFirst: false,
    });
    expect(query.fields).toEqual(new Set(['state', 'orderDate']));
  });

  it.each([
    [{ colour: 'red' }, 'colour'],
    [{ 'orderDate.eq': '2026-01-01' }, 'orderDate.eq'],
    [{ limit: '0' }, 'limit'],
    [{ limit: '101' }, 'limit'],
    [{ limit: 'many' }, 'limit'],
    [{ offset: '-1' }, 'offset'],
    [{ offset: '990' }, 'offset'],
    [{ sort: 'state' }, 'sort'],
    [{ sort: '-orderDate,state' }, 'sort'],
    [{ state: 'finished' }, 'state'],
    [{ state: '' }, 'state'],
    [{ externalId: Array.from({ length: 21 }, (_, index) => index).join() }, 'externalId'],
    [{ orderDate: 'yesterday' }, 'orderDate'],
    [{ 'orderDate.gt': '2026-02-30T99:00:00Z' }, 'orderDate.gt'],
    [{ 'requestedCompletionDate.lte': '1' }, 'requestedCompletionDate.lte'],
  ])('refuses %j', (query: Record<string, string>, pointer) => {
    expect(wrongIn(query)).toEqual([pointer]);
  });

  it('reports everything that is wrong at once', () => {
    expect(wrongIn({ colour: 'red', limit: 'x', sort: 'y' })).toEqual(['colour', 'limit', 'sort']);
  });

  it('knows only fields for one order', () => {
    expect(readFieldsQuery({ fields: 'id' })).toEqual(new Set(['id']));
    expect(() => readFieldsQuery({ limit: '1' })).toThrow(InvalidRequest);
  });

  it.each([
    [{ 'orderDate.gt': '2026-01-02T10:00:00Z' }, '2026-01-02T10:00:00.000Z', false],
    [{ 'orderDate.gt': '2026-01-02T10:00:00Z' }, '2026-01-02T10:00:00.001Z', true],
    [{ 'orderDate.gte': '2026-01-02T11:00:00+01:00' }, '2026-01-02T10:00:00.000Z', true],
    [{ 'orderDate.gte': '2026-01-02T11:00:00 01:00' }, '2026-01-02T10:00:00.000Z', true],
    [{ 'orderDate.lt': '2026-01-02' }, '2026-01-01T23:59:59.999Z', true],
    [{ 'orderDate.lt': '2026-01-02' }, '2026-01-02T00:00:00.000Z', false],
    [{ 'orderDate.lte': '2026-01-02' }, '2026-01-02T23:59:59.999Z', true],
    [{ 'orderDate.gt': '2026-01-02' }, '2026-01-02T23:59:59.999Z', false],
    [{ orderDate: '2026-01-02' }, '2026-01-02T13:00:00.000Z', true],
    [{ orderDate: '2026-01-02T13:00:00Z' }, '2026-01-02T13:00:00.001Z', false],
    [{ 'orderDate.gte': '2026-01-01', 'orderDate.lt': '2026-01-02' }, '2026-01-01T00:00:00.000Z', true],
    [
      { 'orderDate.gte': '2026-01-01T00:00:00Z', 'orderDate.gt': '2026-01-01T00:00:00Z' },
      '2026-01-01T00:00:00.000Z',
      false,
    ],
  ])('with %j: %s is in it: %s', (query: Record<string, string>, instant, within) => {
    expect(isWithin(instant, readListQuery(query).orderDate)).toBe(within);
  });

  it('finds no order by a date that it does not have', () => {
    expect(isWithin(undefined, {})).toBe(false);
  });
});

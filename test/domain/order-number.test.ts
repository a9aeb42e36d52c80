import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newOrderNumber, parseOrderNumber } from '#shared/domain/order-number.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const orderNumbers = fc
  .array(fc.integer({ min: 0, max: 31 }), { minLength: 9, maxLength: 9 })
  .map((values) => {
    const left = [...values];
    return newOrderNumber(() => left.pop() ?? 0);
  });

describe('order number', () => {
  it('is read back as it was made', () => {
    fc.assert(fc.property(orderNumbers, (number) => parseOrderNumber(number) === number));
  });

  it('is ten characters that survive a phone call', () => {
    fc.assert(
      fc.property(
        orderNumbers,
        (number) => number.length === 10 && [...number].every((c) => ALPHABET.includes(c)),
      ),
    );
  });

  it('is read as people write it: small letters, O for 0, I and L for 1, with dashes and spaces', () => {
    const written = (number: string, ones: string) =>
      number
        .replaceAll('0', 'o')
        .replaceAll('1', ones)
        .toLowerCase()
        .replace(/^(.{3})(.{4})/, ' $1-$2 ');
    fc.assert(
      fc.property(orderNumbers, fc.constantFrom('1', 'I', 'l'), (number, ones) => {
        expect(parseOrderNumber(written(number, ones))).toBe(number);
      }),
    );
  });

  it('shows each single wrong character', () => {
    fc.assert(
      fc.property(orderNumbers, fc.nat(9), fc.constantFrom(...ALPHABET), (number, at, wrong) => {
        fc.pre(number[at] !== wrong);
        return parseOrderNumber(number.slice(0, at) + wrong + number.slice(at + 1)) === undefined;
      }),
    );
  });

  it('shows each swap of neighbours but that of the first and the last character of the alphabet', () => {
    fc.assert(
      fc.property(orderNumbers, fc.nat(8), (number, at) => {
        const [a = '', b = ''] = number.slice(at, at + 2);
        fc.pre(a !== b && [a, b].sort().join('') !== '0Z');
        return parseOrderNumber(number.slice(0, at) + b + a + number.slice(at + 2)) === undefined;
      }),
    );
  });

  it.each(['', '123', '!!!!!!!!!!', 'UUUUUUUUUU', '00000000001', 'ORDER#1234'])(
    'does not read %j',
    (text) => {
      expect(parseOrderNumber(text)).toBeUndefined();
    },
  );

  it('draws from all numbers', () => {
    const drawn = new Set(Array.from({ length: 1000 }, () => newOrderNumber()));
    expect(drawn.size).toBe(1000);
  });
});

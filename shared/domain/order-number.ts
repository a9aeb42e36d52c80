import { randomInt } from 'node:crypto';

/** Crockford's base 32: no I, L, O or U, so that it survives a phone call and never spells a word. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BASE = ALPHABET.length;
const RANDOM_CHARACTERS = 9;

/** Ten characters of Crockford base 32, the last of them a check character. */
export type OrderNumber = string;

/**
 * A new order number: 45 random bits, so the next one cannot be guessed from the last, and a check character
 * (Luhn mod 32) that catches each single wrong character and nearly all swaps of neighbours.
 * Uniqueness is the writer's to ensure, with a conditional write.
 */
export function newOrderNumber(random: (below: number) => number = randomInt): OrderNumber {
  const body = randomCharacters(RANDOM_CHARACTERS, random);
  return body + checkCharacter(body);
}

/** Random characters of the same alphabet, five bits each. */
export const randomCharacters = (length: number, random: (below: number) => number = randomInt): string =>
  Array.from({ length }, () => ALPHABET[random(BASE)]).join('');

/**
 * Reads an order number as people write it: any case, with or without dashes and spaces, O for 0, I and L for 1.
 * @returns the canonical form, or undefined when it is not an order number or its check character is wrong
 */
export function parseOrderNumber(text: string): OrderNumber | undefined {
  const canonical = text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  if (canonical.length !== RANDOM_CHARACTERS + 1) return undefined;
  if ([...canonical].some((character) => !ALPHABET.includes(character))) return undefined;
  const body = canonical.slice(0, -1);
  return checkCharacter(body) === canonical.at(-1) ? canonical : undefined;
}

function checkCharacter(body: string): string {
  let sum = 0;
  [...body].reverse().forEach((character, index) => {
    const value = ALPHABET.indexOf(character) * (index % 2 === 0 ? 2 : 1);
    sum += Math.floor(value / BASE) + (value % BASE);
  });
  return ALPHABET.charAt((BASE - (sum % BASE)) % BASE);
}

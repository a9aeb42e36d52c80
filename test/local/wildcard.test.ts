import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileWildcard, compileWildcardParts } from '#local/iam/wildcard.ts';

/** The obvious, slow definition of a match. */
function matchesSlowly(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  const rest = pattern.slice(1);
  if (pattern[0] === '*')
    return matchesSlowly(rest, text) || (text !== '' && matchesSlowly(pattern, text.slice(1)));
  return text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && matchesSlowly(rest, text.slice(1));
}

describe('compileWildcard', () => {
  it.each([
    ['', '', true],
    ['*', '', true],
    ['?', '', false],
    ['a*c', 'abc', true],
    ['a*c', 'ac', true],
    ['a?c', 'ac', false],
    ['a*b*c', 'aXbXbXc', true],
    ['*.ts', 'x.tsx', false],
    ['a.c', 'abc', false],
    ['?', '😀', true],
  ])('%j against %j: %j', (pattern, text, expected) => {
    expect(compileWildcard(pattern).matches(text)).toBe(expected);
  });

  it('agrees with the definition of a match', () => {
    const letters = (characters: string) => fc.string({ unit: fc.constantFrom(...characters), maxLength: 8 });
    fc.assert(
      fc.property(letters('ab*?'), letters('ab'), (pattern, text) => {
        expect(compileWildcard(pattern).matches(text)).toBe(matchesSlowly(pattern, text));
      }),
      { numRuns: 2000 },
    );
  });

  it('stays fast for patterns that make a backtracking matcher explode', () => {
    const started = performance.now();
    expect(compileWildcard(`${'*a'.repeat(30)}b`).matches('a'.repeat(5000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('compileWildcardParts', () => {
  it('takes literals as they are', () => {
    const pattern = compileWildcardParts([{ literal: 'a*' }, 'many', { literal: '?' }]);
    expect(pattern.matches('a*xx?')).toBe(true);
    expect(pattern.matches('abxx?')).toBe(false);
  });
});

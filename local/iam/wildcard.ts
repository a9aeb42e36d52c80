/** One unit of a compiled wildcard pattern: a literal character, exactly one character, or any run of them. */
type Token = { readonly literal: string } | 'one' | 'many';

/** A compiled wildcard pattern; matches whole texts only. */
export interface Wildcard {
  matches(text: string): boolean;
}

/** A piece of a wildcard pattern whose `literal` text has no special characters. */
export type WildcardPart = { readonly literal: string } | 'one' | 'many';

/** Compiles a pattern given as parts, for callers that have their own escaping rules. */
export function compileWildcardParts(parts: Iterable<WildcardPart>): Wildcard {
  const tokens: Token[] = [];
  for (const part of parts) {
    if (typeof part === 'string') {
      if (part !== 'many' || tokens.at(-1) !== 'many') tokens.push(part);
    } else {
      for (const literal of part.literal) tokens.push({ literal });
    }
  }
  return { matches: (text) => matchTokens(tokens, [...text]) };
}

/** Compiles a pattern in which `*` stands for any run of characters (also none) and `?` for exactly one. */
export function compileWildcard(pattern: string): Wildcard {
  return compileWildcardParts(wildcardParts(pattern));
}

/** Splits a pattern with `*` and `?` into parts. */
export function* wildcardParts(pattern: string): Generator<WildcardPart> {
  for (const character of pattern) {
    if (character === '*') yield 'many';
    else if (character === '?') yield 'one';
    else yield { literal: character };
  }
}

/**
 * Greedy matching that goes back to the last `many` only: at most pattern length times text length steps,
 * where a regular expression could take exponentially many.
 */
function matchTokens(tokens: readonly Token[], text: readonly string[]): boolean {
  let token = 0;
  let at = 0;
  let lastMany = -1;
  let resumeAt = 0;
  while (at < text.length) {
    const current = tokens[token];
    if (current === 'many') {
      lastMany = token++;
      resumeAt = at;
    } else if (current !== undefined && (current === 'one' || current.literal === text[at])) {
      token++;
      at++;
    } else if (lastMany >= 0) {
      token = lastMany + 1;
      at = ++resumeAt;
    } else {
      return false;
    }
  }
  while (tokens[token] === 'many') token++;
  return token === tokens.length;
}

import type { ConditionContext } from './policy-conditions.ts';
import { type WildcardPart, wildcardParts } from './wildcard.ts';

const variable = /\$\{([^}]*)\}/g;

/**
 * Splits a pattern of a policy into wildcard parts, with the policy variables filled in: `${aws:username}`,
 * `${key, 'default'}`, and `${*}`, `${?}`, `${$}` for the characters themselves. What a variable stands for is
 * taken literally, whatever characters it has.
 *
 * @param context condition keys with names in lower case
 * @returns undefined when a variable has no single value; a statement that uses it then does not apply
 */
export function substituteVariables(pattern: string, context: ConditionContext): WildcardPart[] | undefined {
  const parts: WildcardPart[] = [];
  let from = 0;
  for (const match of pattern.matchAll(variable)) {
    parts.push(...wildcardParts(pattern.slice(from, match.index)));
    const literal = variableValue(match[1] ?? '', context);
    if (literal === undefined) return undefined;
    parts.push({ literal });
    from = match.index + match[0].length;
  }
  parts.push(...wildcardParts(pattern.slice(from)));
  return parts;
}

/** {@link substituteVariables} for values in which `*` and `?` have no meaning. */
export function substituteText(text: string, context: ConditionContext): string | undefined {
  let missing = false;
  const replaced = text.replace(variable, (_match, name: string) => {
    const value = variableValue(name, context);
    if (value === undefined) missing = true;
    return value ?? '';
  });
  return missing ? undefined : replaced;
}

function variableValue(name: string, context: ConditionContext): string | undefined {
  if (name === '*' || name === '?' || name === '$') return name;
  const [key = '', fallback] = name.split(/,(.*)/s).map((part) => part.trim());
  const value = context[key.toLowerCase()];
  if (value !== undefined && !Array.isArray(value)) return String(value);
  return fallback === undefined ? undefined : /^'(.*)'$/s.exec(fallback)?.[1];
}

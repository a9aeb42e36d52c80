import { isDeepStrictEqual } from 'node:util';

/**
 * The part of DynamoDB's expressions that the product uses, for tests without a database. It refuses what DynamoDB
 * refuses: names and values that are not declared, or declared and not used, and paths into what is not there.
 */
export type Item = Record<string, unknown>;

/** What ADD makes of a number or a set; an absent one counts as 0, or empty. */
function added(before: unknown, more: unknown): unknown {
  if (!(more instanceof Set)) return Number(before ?? 0) + Number(more);
  return new Set([...(before instanceof Set ? before : []), ...more]);
}

export interface Parameters {
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}

export class ValidationException extends Error {
  override readonly name = 'ValidationException';
}

/** Reads expressions that share their names and values. */
export class Expressions {
  readonly #parameters: Parameters;
  readonly #used = new Set<string>();
  #tokens: string[] = [];

  constructor(parameters: Partial<Parameters>) {
    this.#parameters = { names: parameters.names ?? {}, values: parameters.values ?? {} };
  }

  /** Whether a condition holds for an item; an absent item has no attributes. */
  holds(condition: string | undefined, item: Item): boolean {
    if (condition === undefined) return true;
    this.#tokens = tokens(condition);
    const result = this.#or(item);
    this.#end(condition);
    return result;
  }

  /** The item after an update expression. */
  updated(update: string, before: Item): Item {
    const item = structuredClone(before);
    this.#tokens = tokens(update);
    while (this.#tokens.length > 0) {
      const section = this.#next();
      do this.#change(section, before, item);
      while (this.#accept(','));
    }
    return item;
  }

  /** @throws ValidationException when something was declared that no expression used */
  assertAllUsed(): void {
    const { names, values } = this.#parameters;
    const unused = [...Object.keys(names), ...Object.keys(values)].filter((key) => !this.#used.has(key));
    if (unused.length > 0) throw new ValidationException(`Declared and not used: ${unused.join(', ')}`);
  }

  #change(section: string, before: Item, item: Item): void {
    const path = this.#path();
    if (section === 'SET') {
      this.#expect('=');
      put(item, path, this.#operand(before));
    } else if (section === 'REMOVE') put(item, path, undefined);
    else if (section === 'ADD') put(item, path, added(get(before, path), this.#value()));
    else if (section === 'DELETE') {
      const set = get(before, path);
      const taken = this.#value();
      if (!(taken instanceof Set)) throw new ValidationException('DELETE takes a set');
      if (set === undefined) return;
      if (!(set instanceof Set)) throw new ValidationException('DELETE is for sets');
      const left = new Set([...set].filter((entry) => !taken.has(entry)));
      put(item, path, left.size > 0 ? left : undefined);
    } else throw new ValidationException(`Unknown section ${section}`);
  }

  #or(item: Item): boolean {
    let result = this.#and(item);
    while (this.#accept('OR')) result = this.#and(item) || result;
    return result;
  }

  #and(item: Item): boolean {
    let result = this.#not(item);
    while (this.#accept('AND')) result = this.#not(item) && result;
    return result;
  }

  #not(item: Item): boolean {
    return this.#accept('NOT') ? !this.#not(item) : this.#primary(item);
  }

  #primary(item: Item): boolean {
    if (this.#accept('(')) {
      const result = this.#or(item);
      this.#expect(')');
      return result;
    }
    for (const [name, wanted] of [
      ['attribute_exists', true],
      ['attribute_not_exists', false],
    ] as const)
      if (this.#accept(name)) {
        this.#expect('(');
        const exists = get(item, this.#path()) !== undefined;
        this.#expect(')');
        return exists === wanted;
      }
    if (this.#accept('begins_with')) {
      this.#expect('(');
      const text = this.#operand(item);
      this.#expect(',');
      const prefix = this.#operand(item);
      this.#expect(')');
      return typeof text === 'string' && text.startsWith(String(prefix));
    }
    return this.#comparison(item);
  }

  #comparison(item: Item): boolean {
    const left = this.#operand(item);
    const comparator = this.#next();
    if (comparator === 'IN') {
      this.#expect('(');
      const list = [this.#operand(item)];
      while (this.#accept(',')) list.push(this.#operand(item));
      this.#expect(')');
      return left !== undefined && list.includes(left);
    }
    const right = this.#operand(item);
    if (comparator === '<>') return left !== right;
    if (left === undefined || right === undefined || typeof left !== typeof right) return false;
    if (comparator === '=') return isDeepStrictEqual(left, right);
    if (comparator === '<')
      return Number.isFinite(left) ? Number(left) < Number(right) : String(left) < String(right);
    throw new ValidationException(`Unknown comparator ${comparator}`);
  }

  #operand(item: Item): unknown {
    if (this.#tokens[0]?.startsWith(':')) return this.#value();
    if (this.#accept('if_not_exists')) {
      this.#expect('(');
      const existing = get(item, this.#path());
      this.#expect(',');
      const otherwise = this.#operand(item);
      this.#expect(')');
      return existing ?? otherwise;
    }
    return get(item, this.#path());
  }

  #path(): string[] {
    const path = [this.#name()];
    while (this.#accept('.')) path.push(this.#name());
    return path;
  }

  #name(): string {
    const token = this.#next();
    if (!token.startsWith('#')) {
      if (!/^[a-z]\w*$/i.test(token) || RESERVED.has(token.toUpperCase()))
        throw new ValidationException(`Not a name: ${token}`);
      return token;
    }
    this.#used.add(token);
    const name = this.#parameters.names[token];
    if (name === undefined) throw new ValidationException(`Not declared: ${token}`);
    return name;
  }

  #value(): unknown {
    const token = this.#next();
    this.#used.add(token);
    if (!(token in this.#parameters.values)) throw new ValidationException(`Not declared: ${token}`);
    return this.#parameters.values[token];
  }

  #accept(token: string): boolean {
    if (this.#tokens[0] !== token) return false;
    this.#tokens.shift();
    return true;
  }

  #expect(token: string): void {
    if (!this.#accept(token))
      throw new ValidationException(`Expected ${token} before ${this.#tokens.join(' ')}`);
  }

  #next(): string {
    const token = this.#tokens.shift();
    if (token === undefined) throw new ValidationException('The expression ends too early');
    return token;
  }

  #end(expression: string): void {
    if (this.#tokens.length > 0) throw new ValidationException(`Cannot read: ${expression}`);
  }
}

/** Of DynamoDB's reserved words, those that are attributes of this product. */
const RESERVED = new Set(['AT', 'BY', 'DATA', 'END', 'ORDER', 'STATE', 'STATUS', 'TIME', 'TOKEN', 'VALUE']);

function tokens(expression: string): string[] {
  const found = expression.match(/[#:]\w+|\w+|<>|[=<(),.]|\S/g) ?? [];
  return [...found];
}

function get(item: Item, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) => (isItem(value) && Object.hasOwn(value, name) ? value[name] : undefined),
    item,
  );
}

function put(item: Item, path: readonly string[], value: unknown): void {
  const last = path.at(-1) ?? '';
  const parent = get(item, path.slice(0, -1));
  if (!isItem(parent)) throw new ValidationException(`There is no ${path.slice(0, -1).join('.')}`);
  if (value === undefined) delete parent[last];
  else parent[last] = structuredClone(value);
}

const isItem = (value: unknown): value is Item =>
  typeof value === 'object' && value !== null && !(value instanceof Set) && !Array.isArray(value);

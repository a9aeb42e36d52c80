import { ERROR, inState, StatesError } from './errors.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';

/** What a path of JSONPath starts from: `$`, `$$` or a variable. */
export interface PathRoots {
  readonly value: Json;
  readonly context: Json;
  readonly variables: Readonly<JsonObject>;
}

/** In whose name a path is not found. */
export interface PathSite {
  readonly stateName: string;
  readonly enteredEventId: number;
}

/** The end of a key whose value is a path. */
const SUFFIX = '.$';
const REFERENCE_PATH =
  /^\$(?<root>\$|[\p{ID_Start}_][\p{ID_Continue}]*)?(?<steps>(?:\.[\p{ID_Start}_][\p{ID_Continue}-]*|\[\d+\]|\['[^'\\]*'\])*)$/u;

type Step = string | number;

/** Whether a text is a reference path: one that names a single place, such as `$.a.b[0]` or `$variable.a`. */
export function isReferencePath(text: string): boolean {
  return REFERENCE_PATH.test(text);
}

/** The key of a template without the mark that its value is a path. */
export function withoutSuffix(key: string): string {
  return key.endsWith(SUFFIX) ? key.slice(0, -SUFFIX.length) : key;
}

/** Every key of a template that has a path, with that path, wherever it stands. */
export function pathsIn(template: Json): [key: string, path: Json][] {
  if (Array.isArray(template)) return template.flatMap(pathsIn);
  if (!isJsonObject(template)) return [];
  return Object.entries(template).flatMap(([key, value]): [string, Json][] =>
    key.endsWith(SUFFIX) ? [[key, value]] : pathsIn(value),
  );
}

/** What a path of a field such as `InputPath` refers to. @throws {StatesError} States.Runtime when nothing */
export function readField(path: string, roots: PathRoots, site: PathSite): Json {
  const found = read(path, roots);
  if (found.value !== undefined) return found.value;
  const { missing, last } = found;
  const what = last ? 'No results for path: ' : 'Missing property in path ';
  throw runtimeError(site, `Invalid path '${path}' : ${what}${missing}`);
}

/**
 * A template with every path in it replaced by what it refers to.
 * @throws {StatesError} States.Runtime when one refers to nothing
 */
export function fillTemplate(template: Json, roots: PathRoots, site: PathSite): Json {
  if (Array.isArray(template)) return template.map((item) => fillTemplate(item, roots, site));
  return isJsonObject(template) ? fillObject(template, roots, site) : template;
}

/** As {@link fillTemplate}, for an object. */
export function fillObject(template: JsonObject, roots: PathRoots, site: PathSite): JsonObject {
  return Object.fromEntries(
    Object.entries(template).map(([key, value]): [string, Json] => {
      if (!key.endsWith(SUFFIX)) return [key, fillTemplate(value, roots, site)];
      const path = String(value);
      const found = read(path, roots);
      if (found.value !== undefined) return [withoutSuffix(key), found.value];
      const input = JSON.stringify(path.startsWith('$$') ? roots.context : roots.value);
      throw runtimeError(
        site,
        `The JSONPath '${path}' specified for the field '${key}' could not be found in the input '${input}'`,
      );
    }),
  );
}

/** A copy of `target` with the value at the path, which is made where it is missing. */
export function writeAt(path: string, target: Json, value: Json): Json {
  return write(stepsOf(path), target, value);
}

function write([step, ...rest]: readonly Step[], target: Json, value: Json): Json {
  if (step === undefined) return value;
  if (typeof step === 'number' && Array.isArray(target))
    return target.with(step, write(rest, target[step] ?? null, value));
  const object = isJsonObject(target) ? target : {};
  return { ...object, [step]: write(rest, object[step] ?? {}, value) };
}

type Found =
  | { readonly value: Json }
  | { readonly value?: undefined; readonly missing: string; readonly last: boolean };

function read(path: string, { value, context, variables }: PathRoots): Found {
  const root = REFERENCE_PATH.exec(path)?.groups?.root;
  const steps = stepsOf(path);
  let found: Json | undefined = root === undefined ? value : root === '$' ? context : variables[root];
  let walked = '$';
  for (const [index, step] of steps.entries()) {
    walked += typeof step === 'number' ? `[${step}]` : `['${step}']`;
    const next: Json | undefined = found === undefined ? undefined : stepInto(found, step);
    if (next === undefined) return { missing: walked, last: index === steps.length - 1 };
    found = next;
  }
  return found === undefined ? { missing: path, last: true } : { value: found };
}

function stepInto(value: Json, step: Step): Json | undefined {
  if (typeof step === 'number') return Array.isArray(value) ? value[step] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

function stepsOf(path: string): Step[] {
  const steps = REFERENCE_PATH.exec(path)?.groups?.steps ?? '';
  return [...steps.matchAll(/\.([^.[]+)|\[(\d+)\]|\['([^']*)'\]/g)].map(([, name, index, quoted]) =>
    index === undefined ? (name ?? quoted ?? '') : Number(index),
  );
}

function runtimeError({ stateName, enteredEventId }: PathSite, what: string): StatesError {
  return new StatesError(ERROR.runtime, inState(stateName, enteredEventId, what));
}

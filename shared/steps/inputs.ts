import * as z from 'zod';
import { instantOf } from '#shared/domain/calendar.ts';
import { InputIncomplete } from '#shared/domain/errors.ts';
import { type Facts, factSourceSchema } from '#shared/domain/facts.ts';
import { nextPortMoment } from '#shared/domain/porting.ts';
import type { Product } from '#shared/domain/products.ts';
import type { StepRecord, Suborder } from '#shared/store/records.ts';
import { getSteps } from '#shared/store/suborders.ts';
import type { Dependencies } from './dependencies.ts';

/** What a suborder knows: order facts, the item's characteristics, then the outputs of its steps in the order in which they were done. */
export function knownFacts(orderFacts: Facts, suborder: Suborder, steps: readonly StepRecord[]): Facts {
  const done = steps.filter(({ status }) => status === 'done').sort((a, b) => a.at.localeCompare(b.at));
  return Object.assign(
    { suborder: `${suborder.order}-${suborder.suborder}`, order: suborder.order },
    orderFacts,
    suborder.facts,
    ...done.map((step) => step.outputs),
    { [BY_STEP]: Object.fromEntries(done.map(({ step, at, outputs }) => [step, { at, outputs }])) },
  );
}

/** The fact that holds when each step was completed, and what it found. */
const BY_STEP = 'byStep';
const byStepSchema = z.object({
  [BY_STEP]: z
    .record(z.string(), z.object({ at: z.string(), outputs: z.record(z.string(), z.unknown()) }))
    .default({}),
});
const stepNamed = (facts: Facts, step: string) => byStepSchema.parse(facts)[BY_STEP][step];

/**
 * A task's input: each field from the step's `with`, else the fact of its name.
 * @throws InputIncomplete naming each field that is missing or wrong
 */
export async function collectInput<Input extends z.ZodObject>(
  deps: Pick<Dependencies, 'documents'>,
  step: { readonly step: string; readonly with?: Readonly<Record<string, unknown>> | undefined },
  input: Input,
  suborder: Suborder,
  facts: Facts,
): Promise<z.output<Input>> {
  const siblingFacts = memoize((number: string) => factsOf(deps, suborder.order, number));
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(input.shape)) {
    const given = step.with?.[name];
    const source = factSourceSchema.safeParse(given);
    const value =
      given === undefined
        ? facts[name]
        : source.success
          ? await resolve(source.data, name, suborder, facts, siblingFacts)
          : given;
    if (value !== undefined) values[name] = value;
  }
  const parsed = input.safeParse(values);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  throw new InputIncomplete(
    step.step,
    issues.map(({ path }) => path.join('.')),
    issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
  );
}

async function resolve(
  source: z.output<typeof factSourceSchema>,
  name: string,
  suborder: Suborder,
  facts: Facts,
  siblingFacts: (number: string) => Promise<Facts>,
): Promise<unknown> {
  if ('$fact' in source) return facts[source.$fact];
  if ('$latest' in source) return moved(latest(source.$latest.map((fact) => facts[fact])), source.seconds);
  if ('$completed' in source) return moved(latest([stepNamed(facts, source.$completed)?.at]), source.seconds);
  if ('$portMoment' in source) {
    const time = latest([facts[source.$portMoment]]);
    return time === undefined ? undefined : nextPortMoment(new Date(time)).toISOString();
  }
  if ('$foundBy' in source) return stepNamed(facts, source.$foundBy)?.outputs[source.fact];
  const numbers = (products: Product | readonly Product[]) =>
    [products].flat().flatMap((product) => suborder.siblings[product] ?? []);
  if ('$sibling' in source) {
    const [number] = numbers(source.$sibling);
    return number ? (await siblingFacts(number))[source.fact] : facts[name];
  }
  const found = await Promise.all(numbers(source.$siblings).map(siblingFacts));
  const values = found.map((sibling) => sibling[source.fact]).filter((value) => value !== undefined);
  return values.length > 0 ? values : facts[name];
}

/** The latest of the dates among some values, in milliseconds. */
function latest(values: readonly unknown[]): number | undefined {
  const times = values.flatMap((value) => {
    const instant = typeof value === 'string' ? instantOf(value) : undefined;
    return instant ? [instant.getTime()] : [];
  });
  return times.length > 0 ? Math.max(...times) : undefined;
}

const moved = (time: number | undefined, seconds: number): string | undefined =>
  time === undefined ? undefined : new Date(time + seconds * 1000).toISOString();

async function factsOf(
  deps: Pick<Dependencies, 'documents'>,
  order: string,
  suborder: string,
): Promise<Facts> {
  const steps = await getSteps(deps, order, suborder);
  const done = steps.filter(({ status }) => status === 'done').sort((a, b) => a.at.localeCompare(b.at));
  return Object.assign({}, ...done.map(({ outputs }) => outputs));
}

function memoize<T>(load: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const loaded = new Map<string, Promise<T>>();
  return (key) => {
    const known = loaded.get(key) ?? load(key);
    loaded.set(key, known);
    return known;
  };
}

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { runCase } from '#local/states/cases/run.ts';
import { type Json, toJson } from '#local/states/json.ts';
import { type EventRow, historyMismatch, mismatch, normalise, normaliseParallel, toRows } from './compare.ts';

const eventRow = z
  .tuple([z.number(), z.number(), z.string()])
  .rest(z.json())
  .transform(([id, previous, type, details = null]): EventRow => [id, previous, type, details]);
const recording = z.looseObject({
  name: z.string(),
  parallelEventsNormalised: z.boolean().default(false),
  expected: z.object({
    status: z.string(),
    output: z.json().optional(),
    error: z.json().optional(),
    cause: z.json().optional(),
    events: z.array(eventRow),
  }),
});

function readLines<T>(file: string, schema: z.ZodType<T>): T[] {
  const text = readFileSync(new URL(`cases/${file}`, import.meta.url), 'utf8');
  return text.split('\n').flatMap((line) => (line === '' ? [] : [schema.parse(JSON.parse(line))]));
}

function byName<T extends { readonly name: string }>(cases: readonly T[]): [string, T][] {
  return cases.map((recorded) => [recorded.name, recorded]);
}

describe.each(['jsonata.jsonl', 'mixed.jsonl', 'rewritten.jsonl'])(
  'executions recorded on AWS, %s',
  (file) => {
    test.each(byName(readLines(file, recording)))('%s', async (_name, recorded) => {
      const { events, ...outcome } = await runCase(recorded);
      const { events: recordedEvents, ...recordedOutcome } = recorded.expected;
      const rows = toRows(events);
      const compared = recorded.parallelEventsNormalised ? normaliseParallel(rows) : rows;
      const bindings = new Map<string, string>();

      const problem =
        historyMismatch(recordedEvents, compared, bindings) ??
        mismatch(normalise(toJson(recordedOutcome)), normalise(toJson(outcome)), bindings);

      expect(problem, shown(outcome, compared)).toBeUndefined();
    });
  },
);

function shown(
  outcome: Omit<Awaited<ReturnType<typeof runCase>>, 'events'>,
  rows: readonly EventRow[],
): string {
  const lines: Json[] = [toJson(outcome), ...rows];
  return lines.map((line) => JSON.stringify(line).slice(0, 300)).join('\n');
}

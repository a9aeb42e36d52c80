import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ALL_TASKS, ALL_UNDO_TASKS } from '#shared/tasks/registry.ts';
import type { SystemTask } from '#shared/tasks/task.ts';
import { findOperation } from '#simulator/catalogue.ts';
import { deterministic } from '#simulator/deterministic.ts';

const external = ALL_TASKS.filter(
  (task): task is SystemTask => task.kind === 'system' && task.system !== 'milepost',
);
const undos = ALL_UNDO_TASKS.filter(({ kind, system }) => kind === 'system' && system !== 'milepost');

/** A value for each required field of an input, by the type that the field has. */
function exampleFor(input: z.ZodObject): Record<string, unknown> {
  const { properties = {}, required = [] } = z.toJSONSchema(input, { io: 'output', unrepresentable: 'any' });
  return Object.fromEntries(
    required.map((name) => {
      const schema = properties[name];
      if (typeof schema !== 'object') return [name, 'x'];
      if (schema.enum) return [name, schema.enum[0]];
      if (schema.const !== undefined) return [name, schema.const];
      if (schema.default !== undefined) return [name, schema.default];
      if (schema.type === 'array') return [name, []];
      if (schema.type === 'object') return [name, {}];
      if (schema.format === 'date') return [name, '2026-11-23'];
      return [name, schema.type === 'integer' || schema.type === 'number' ? 1 : 'x'];
    }),
  );
}

describe('the simulated systems and the tasks of the product agree', () => {
  it.each(external.map((task) => [task.name, task] as const))('on %s', (name, task) => {
    const operation = findOperation(task.system, name);
    expect(operation, `${task.system} has no ${name}`).toBeDefined();
    const { asks, answers } = task.exchange ?? { asks: task.input, answers: task.output };
    const result = operation?.run(exampleFor(asks), {
      values: deterministic(name),
      now: Date.UTC(2026, 10, 20),
      claim: (_pool, make) => make(),
      remember: () => undefined,
      recall: () => ({}),
    });
    expect(result).toMatchObject({ valid: true });
    expect(answers.safeParse(result?.valid ? result.outputs : undefined)).toMatchObject({
      success: true,
    });
    expect(Object.keys(operation?.rejections ?? {}).sort()).toEqual(
      expect.arrayContaining(Object.keys(task.rejections)),
    );
  });

  it.each(undos.map((undo) => [undo.name, undo.system] as const))('on %s', (name, system) => {
    expect(findOperation(system, name), `${system} has no ${name}`).toBeDefined();
  });
});

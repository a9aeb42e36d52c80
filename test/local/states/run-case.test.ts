import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT, run } from '#test/support/run-script.ts';

const pass = { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Pass', End: true } } };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cases-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function ran(text: string): Promise<{ code: number | null; result: unknown }> {
  const file = join(folder, 'case.json');
  await writeFile(file, text);
  return command([file]);
}

async function command(args: readonly string[]): Promise<{ code: number | null; result: unknown }> {
  const { code, stdout } = await run(process.execPath, [join(ROOT, 'local/states/run-case.ts'), ...args]);
  return { code, result: JSON.parse(stdout) };
}

test('a case is run and answered with its history', async () => {
  const { code, result } = await ran(JSON.stringify({ definition: pass, inputRaw: '{"a": 1}' }));

  expect(code).toBe(0);
  expect(result).toEqual({ status: 'SUCCEEDED', output: { a: 1 }, events: expect.any(Array) });
  expect(result).toMatchObject({
    events: [
      { type: 'ExecutionStarted', executionStartedEventDetails: { input: '{"a": 1}' } },
      { type: 'PassStateEntered' },
      { type: 'PassStateExited' },
      { type: 'ExecutionSucceeded' },
    ],
  });
});

test('a history of any length comes whole', async () => {
  const count = {
    ...pass,
    States: {
      A: { Type: 'Pass', Output: '{% $states.input + 1 %}', Next: 'B' },
      B: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.input < 400 %}', Next: 'A' }],
        Default: 'C',
      },
      C: { Type: 'Succeed' },
    },
  };

  const { result } = await ran(JSON.stringify({ definition: count, inputRaw: '0' }));

  expect(result).toMatchObject({ status: 'SUCCEEDED', output: 400 });
  expect(result).toHaveProperty('events.length', 1 + 400 * 4 + 3);
});

test('a definition that is refused is an answer', async () => {
  const definition = { StartAt: 'A', States: { A: { Type: 'Pass', ResultPath: '$.x', End: true } } };

  expect(await ran(JSON.stringify({ definition, inputRaw: '{}' }))).toEqual({
    code: 0,
    result: {
      status: 'REFUSED',
      error: 'InvalidDefinition',
      cause: `State 'A': field 'QueryLanguage' is (by default) "JSONPath"; only JSONata is run`,
      events: [],
    },
  });
});

test.each([
  ['text that is no JSON', 'hello', 'SyntaxError'],
  ['JSON that is no case', '{"definition":1}', 'NotACase'],
  ['nothing', '', 'SyntaxError'],
])('%s is answered in the same form', async (_what, text, error) => {
  expect(await ran(text)).toMatchObject({ code: 1, result: { status: 'NOT_RUN', error, events: [] } });
});

test.each([
  ['a file that is not there', [join(ROOT, 'no-such-file.json')]],
  ['no file', []],
])('%s is answered in the same form', async (_what, args) => {
  expect(await command(args)).toMatchObject({
    code: 1,
    result: { status: 'NOT_RUN', cause: expect.any(String), events: [] },
  });
});

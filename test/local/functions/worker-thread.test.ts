import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { WorkerThread } from '#local/functions/worker-thread.ts';

const root = mkdtempSync(join(tmpdir(), 'worker-thread-'));
const thread = new WorkerThread({ logs: { write: () => {} } });

afterAll(() => thread.stop());

const COUNTER = 'let count = 0; export const next = () => ++count;';
const HANDLER = `
  import { next as ofPackage } from './node_modules/counter.mjs';
  import { next as ofFunction } from './counter.mjs';
  let own = 0;
  export const handler = () => ({ ofPackage: ofPackage(), ofFunction: ofFunction(), own: ++own, name: process.env.NAME });
`;

/** A function with a package, and a module of its own beside. */
function define(name: string, packageSource = COUNTER): void {
  const folder = join(root, name);
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  writeFileSync(join(folder, 'index.mjs'), HANDLER);
  writeFileSync(join(folder, 'counter.mjs'), COUNTER);
  writeFileSync(join(folder, 'node_modules', 'counter.mjs'), packageSource);
  const file = join(folder, 'index.mjs');
  thread.define({ arn: name, name, file, handler: 'handler', memorySize: 128, environment: { NAME: name } });
}

let requests = 0;
async function invoke(name: string): Promise<unknown> {
  const outcome = await thread.run({
    ...{ requestId: `request-${++requests}`, functionArn: name, invokedArn: name, copy: 0 },
    ...{ payload: '{}', traceHeader: '', timeoutMs: 10_000 },
  });
  if ('error' in outcome) throw new Error(outcome.error.errorMessage);
  return JSON.parse(outcome.payload);
}

describe('functions in one thread', () => {
  it('share packages that are the same, and nothing else', async () => {
    define('first');
    define('second');
    expect(await invoke('first')).toEqual({ ofPackage: 1, ofFunction: 1, own: 1, name: 'first' });
    expect(await invoke('second')).toEqual({ ofPackage: 2, ofFunction: 1, own: 1, name: 'second' });
    expect(await invoke('first')).toEqual({ ofPackage: 3, ofFunction: 2, own: 2, name: 'first' });
  });

  it('do not share packages that differ', async () => {
    define('third', `${COUNTER} // another version`);
    expect(await invoke('third')).toMatchObject({ ofPackage: 1 });
  });
});

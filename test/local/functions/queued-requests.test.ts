import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { type Outcome, WorkerThread } from '#local/functions/worker-thread.ts';

/** Asks for all the paths in its event side by side. */
const HANDLER = `
  import { get } from 'node:http';
  const ask = (url) => new Promise((resolve) => get(url, (answer) => answer.resume().on('end', resolve)));
  export const handler = ({ server, paths }) => Promise.all(paths.map((path) => ask(server + path))).then(() => 'done');
`;

const thread = new WorkerThread({ seed: 1, logs: { write: () => {} } });
/** What was asked for, and how much was under way then. */
let asked: { readonly path: string | undefined; readonly underWay: number }[] = [];
let underWay = 0;
const server = createServer((request, response) => {
  asked.push({ path: request.url, underWay });
  if (request.url === '/never') return;
  underWay++;
  setImmediate(() => {
    underWay--;
    response.end();
  });
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const file = join(mkdtempSync(join(tmpdir(), 'queued-requests-')), 'index.mjs');
  writeFileSync(file, HANDLER);
  thread.define({ arn: 'f', name: 'f', file, handler: 'handler', memorySize: 128, environment: {} });
});

afterAll(async () => {
  await thread.stop();
  server.close();
  server.closeAllConnections();
});

function invoke(requestId: string, paths: readonly string[]): Promise<Outcome> {
  asked = [];
  const { port } = z.object({ port: z.int() }).parse(server.address());
  const payload = JSON.stringify({ server: `http://127.0.0.1:${port}`, paths });
  const arns = { functionArn: 'f', invokedArn: 'f' };
  return thread.run({ requestId, ...arns, copy: 0, payload, traceHeader: '', timeoutMs: 10_000 });
}

it('has what a function asks for side by side go out in its order, one at a time', async () => {
  const paths = ['/e', '/d', '/c', '/b', '/a'];
  expect(await invoke('one', paths)).toEqual({ payload: '"done"' });
  expect(asked).toEqual(paths.map((path) => ({ path, underWay: 0 })));
});

it('does not hold others back when one is never answered', async () => {
  const killed = invoke('killed', ['/never', '/after']);
  await once(server, 'request');
  thread.kill('killed');
  expect(await killed).toMatchObject({ error: { errorType: 'Runtime.ExitError' } });
  expect(await invoke('other', ['/a'])).toEqual({ payload: '"done"' });
  expect(asked.map(({ path }) => path)).toEqual(['/a']);
});

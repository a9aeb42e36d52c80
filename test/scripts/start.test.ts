import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstOrder } from '#scripts/welcome.ts';
import { ROOT, run, runScript } from '#test/support/run-script.ts';

/** In the environment of everything that the script starts. */
const MARK = `milepost-${randomUUID()}`;

describe('npm start', () => {
  let port: string;
  let child: ChildProcess;
  let output = '';

  beforeAll(async () => {
    port = String(await freePort());
    child = spawn(process.execPath, [join(ROOT, 'scripts/start.ts')], {
      cwd: ROOT,
      env: { ...process.env, PORT: port, MARK },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => reject(new Error(`it ended:\n${output}`)));
      child.stdout?.on('data', (chunk: Buffer) => {
        output += chunk;
        if (output.includes('Ctrl-C ends it.')) resolve();
      });
    });
  });

  afterAll(() => child.kill('SIGKILL'));

  it('says where things are, and is healthy by then', async () => {
    expect(output).toContain(`http://127.0.0.1:${port}/tmf-api/productOrderingManagement/v4/productOrder`);
    const { status } = await fetch(`http://127.0.0.1:${port}/health`);
    expect(status).toBe(200);
  });

  it('prints a first order that can be pasted', async () => {
    const commands = firstOrder(`http://127.0.0.1:${port}`);
    for (const command of commands) expect(output).toContain(command);
    const { code, stdout, stderr } = await run('bash', ['-euc', commands.join('\n')]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('"state":"claimed"');
    expect(stdout).toContain('"HW_SCANNED"');
  });

  it('shows the same commands in the README', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    expect(readme).toContain(firstOrder('http://127.0.0.1:3000').join('\n'));
  });

  it('says so when the port is taken', async () => {
    const { code, stderr } = await runScript('start.ts', [], { PORT: port });
    expect(code).toBe(1);
    expect(stderr).toBe(
      `Port ${port} is in use. Stop what uses it, or choose another: PORT=3001 npm start\n`,
    );
  });

  it.each([
    ['PORT', { PORT: 'three' }, []],
    ['--speed', { PORT: '0' }, ['--speed', 'fast']],
    ['an option', { PORT: '0' }, ['--sped', '2']],
  ])('says so in a line when %s is wrong', async (_what, env, args) => {
    const { code, stderr } = await runScript('start.ts', args, env);
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it.runIf(process.platform === 'linux')('ends at Ctrl-C, with everything that it started', async () => {
    expect(marked().length).toBeGreaterThan(1);
    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(marked()).toEqual([]);
  });
});

/** Commands of the processes that have the mark in their environment. */
const marked = (): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((id) => read(`/proc/${id}/environ`).includes(`MARK=${MARK}`))
    .map((id) => read(`/proc/${id}/cmdline`).replaceAll('\0', ' '));

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

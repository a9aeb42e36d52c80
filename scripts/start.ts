import { parseArgs } from 'node:util';
import { Platform } from './platform.ts';
import { localPort } from './port.ts';
import { welcome } from './welcome.ts';

/**
 * Runs the platform until Ctrl-C: `npm start`. `--speed 3600` lets an hour pass in a second; `--data FOLDER` keeps the
 * data between runs.
 */
const print = (...lines: readonly string[]) => process.stdout.write(`${lines.join('\n')}\n`);

const began = performance.now();
const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
});
try {
  const platform = await Platform.start({ ...options(), tell: (text) => print(text) });
  print(...welcome(platform, (performance.now() - began) / 1000));
  await stopped;
  print('', 'Stopping …');
  await platform.stop();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}

function options() {
  const { values } = parseArgs({ options: { speed: { type: 'string' }, data: { type: 'string' } } });
  const speed = values.speed === undefined ? undefined : Number(values.speed);
  if (speed !== undefined && !(speed > 0)) throw new Error('--speed must be a number above 0.');
  return {
    port: localPort(),
    ...(speed !== undefined && { clock: { speed } }),
    ...(values.data !== undefined && { dataFolder: values.data }),
  };
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /Port \d+ is in use/.test(message)
    ? `Port ${localPort()} is in use. Stop what uses it, or choose another: PORT=3001 npm start`
    : message;
}

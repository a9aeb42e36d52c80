/** Runs an embedded cloud in a process of its own: for `startCloud`, or from the command line. */
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { type ChildMessage, OPTIONS_VARIABLE } from './client.ts';
import { EmbeddedCloud } from './cloud.ts';
import { type CloudOptions, cloudOptions } from './options.ts';

process.env.TZ = 'UTC';

const usage = `Usage: node local/main.ts --assembly cdk.out [--port 3000] [--data FOLDER] [--speed N]
  [--parameter NAME=VALUE ...] [--ssm NAME=VALUE ...] [--secret NAME=VALUE ...]`;

let cloud: EmbeddedCloud | undefined;
let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
process.on('disconnect', () => void stop());
process.on('unhandledRejection', (reason) => {
  // What was under way when everything was taken down may fail; nobody waits for it any more.
  if (isStopping) return;
  console.error(reason);
  process.exit(1);
});
try {
  cloud = await EmbeddedCloud.start(readOptions());
  if (isStopping) await stop();
  tell({ type: 'ready', url: cloud.url });
} catch (error) {
  const message = describe(error);
  tell({ type: 'failed', message });
  process.exitCode = 1;
  if (process.connected) process.disconnect();
  setImmediate(() => process.exit());
}

async function stop(): Promise<void> {
  if (isStopping && !cloud) return;
  isStopping = true;
  const running = cloud;
  cloud = undefined;
  await running?.stop();
  if (running) process.exit(0);
}

/** Speaks to the parent process when there is one, else to the terminal. */
function tell(message: ChildMessage): void {
  if (process.send) process.send(message);
  else if (message.type === 'ready') console.log(`Ready: ${message.url}`);
  else console.error(message.message);
}

function readOptions(): CloudOptions {
  const given = process.env[OPTIONS_VARIABLE];
  if (given !== undefined) {
    delete process.env[OPTIONS_VARIABLE];
    return cloudOptions.parse(JSON.parse(given));
  }
  const { values } = parseArgs({
    options: {
      assembly: { type: 'string', default: 'cdk.out' },
      port: { type: 'string', default: '3000' },
      data: { type: 'string' },
      speed: { type: 'string' },
      parameter: { type: 'string', multiple: true, default: [] },
      ssm: { type: 'string', multiple: true, default: [] },
      secret: { type: 'string', multiple: true, default: [] },
    },
  });
  return {
    assembly: values.assembly,
    port: Number(values.port),
    clock: values.speed === undefined ? 'real' : { speed: Number(values.speed) },
    parameters: pairs(values.parameter),
    ssm: pairs(values.ssm),
    secrets: pairs(values.secret),
    ...(values.data === undefined ? {} : { dataFolder: values.data }),
  };
}

function pairs(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new Error(`${text} is not NAME=VALUE\n${usage}`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

function describe(error: unknown): string {
  if (error instanceof z.ZodError) return `${z.prettifyError(error)}\n${usage}`;
  return error instanceof Error ? error.message : String(error);
}

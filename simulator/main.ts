import { parseArgs } from 'node:util';
import * as z from 'zod';
import { startSimulator } from './simulator.ts';

const usage = `Usage: node simulator/main.ts [options]

Runs the underlying systems (warehouse, carrier, billing, …) for development.

  --port <number>                  port to listen on (default 8090)
  --seed <text>                    other seeds give other outputs
  --latency <least>-<most>         how long every answer takes, in milliseconds
  --credential <system>=<token>    token a system asks for; may be repeated (default: any token will do)
`;

const optionsSchema = z.object({
  port: z.coerce.number().int().min(0).max(65535).default(8090),
  seed: z.string().default('milepost'),
  latency: z
    .string()
    .regex(/^\d+-\d+$/, 'must be two numbers, such as 20-80')
    .default('0-0'),
  credential: z.array(z.string().regex(/^[^=]+=.+$/, 'must be <system>=<token>')).default([]),
});

let values: unknown;
try {
  values = parseArgs({
    options: {
      port: { type: 'string' },
      seed: { type: 'string' },
      latency: { type: 'string' },
      credential: { type: 'string', multiple: true },
    },
  }).values;
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
const options = optionsSchema.safeParse(values);
if (!options.success) fail(z.prettifyError(options.error));
const { port, seed, latency, credential } = options.data;
const [least = 0, most = 0] = latency.split('-').map(Number);
if (least > most) fail('--latency: the first number must not be above the second');

const simulator = await startSimulator({
  port,
  seed,
  latency: { least, most },
  credentials: Object.fromEntries(
    credential.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  ),
});
process.stdout.write(`Underlying systems: ${simulator.url}/systems/<system>/<operation>\n`);
process.stdout.write(`Control:            ${simulator.url}/control/operations\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.stop());

function fail(reason: string): never {
  process.stderr.write(`${reason}\n\n${usage}`);
  process.exit(2);
}

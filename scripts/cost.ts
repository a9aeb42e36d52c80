import { parseArgs } from 'node:util';
import { Api } from './api.ts';
import { printedBill } from './bill.ts';
import { play } from './demo/play.ts';
import { REFERENCE_ORDER, readOrder } from './example.ts';
import { BILLED_MS, DEMO_START, Platform } from './platform.ts';

/**
 * Prints what an order costs on AWS at list price, from the operations counted while it is carried out:
 * `npm run cost -- examples/triple-play.json [--json]`.
 */
const MILLION = 1_000_000;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } });
const [path = REFERENCE_ORDER] = positionals;
try {
  const document = readOrder(path);
  const platform = await Platform.start({
    clock: 'manual',
    start: DEMO_START,
    billedDurationMs: BILLED_MS,
    ...(!values.json && { tell: (text) => process.stderr.write(`${text}\n`) }),
  });
  try {
    const api = new Api(platform.url, (role) => platform.token(role));
    const { order, bill, stuck } = await play(platform, api, document);
    const perService = Object.entries(Object.groupBy(bill.lines, ({ service }) => service)).map(
      ([service, lines = []]) => ({ service, usd: lines.reduce((sum, { usd }) => sum + usd, 0) }),
    );
    const transitions = bill.lines.find(({ unit }) => unit === 'stepFunctionsTransition')?.quantity ?? 0;
    const steps = order.progress?.done ?? 0;
    const print = values.json
      ? [
          JSON.stringify(
            {
              order: path,
              state: order.state,
              steps,
              transitionsPerStep: transitions / steps,
              billedMilliseconds: BILLED_MS,
              lines: bill.lines,
              perService,
              usd: bill.usd,
              usdPerMillion: bill.usd * MILLION,
            },
            undefined,
            2,
          ),
        ]
      : [
          `${path}: ${order.state}, ${steps} steps, ${transitions} transitions (${(transitions / steps).toFixed(2)} for each step)`,
          '',
          ...printedBill(bill),
          '',
          'A million such orders a month, US dollars:',
          ...perService.map(({ service, usd }) => `  ${service.padEnd(15)}${dollars(usd * MILLION)}`),
          `  ${'in all'.padEnd(15)}${dollars(bill.usd * MILLION)}`,
        ];
    process.stdout.write(`${print.join('\n')}\n`);
    if (stuck.length > 0) {
      process.stderr.write(`The order did not end:\n${stuck.map((line) => `  ${line}\n`).join('')}`);
      process.exitCode = 1;
    }
  } finally {
    await platform.stop();
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

function dollars(usd: number): string {
  return usd.toFixed(0).padStart(8);
}

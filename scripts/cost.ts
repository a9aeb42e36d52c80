import { parseArgs } from 'node:util';
import { Api } from './api.ts';
import { costReport, printedReport } from './cost-report.ts';
import { play } from './demo/play.ts';
import { REFERENCE_ORDER, readOrder } from './example.ts';
import { BILLED_MS, DEMO_START, Platform } from './platform.ts';

/**
 * Prints what an order costs on AWS at list price, from the operations counted while it is carried out:
 * `npm run cost -- examples/triple-play.json [--json]`.
 */
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
    const played = await play(platform, api, document);
    const report = costReport(path, played);
    const text = values.json ? JSON.stringify(report, undefined, 2) : printedReport(report).join('\n');
    process.stdout.write(`${text}\n`);
    const { stuck } = played;
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

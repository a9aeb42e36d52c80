import { Api } from './api.ts';
import { printedBill } from './bill.ts';
import { play } from './demo/play.ts';
import { screenOn } from './demo/terminal.ts';
import { clockTime, timeline, told, tree } from './demo/view.ts';
import { readReferenceOrder } from './example.ts';
import { BILLED_MS, DEMO_START, Platform } from './platform.ts';

/** The reference order from the API to completion, on a clock that jumps: `npm run demo`. */
const print = (...lines: readonly string[]) => process.stdout.write(`${lines.join('\n')}\n`);

const began = performance.now();
const platform = await Platform.start({
  clock: 'manual',
  start: DEMO_START,
  billedDurationMs: BILLED_MS,
  tell: (text) => print(text),
});
try {
  print(`Ready in ${seconds(began)} s: ${platform.url}`, '');
  const screen = screenOn(process.stdout);
  const api = new Api(platform.url, (role) => platform.token(role));
  const submitted = performance.now();
  const played = await play(platform, api, readReferenceOrder(), (frame) => screen.show(frame));
  const { order, stuck, bill } = played;
  const messages = platform.simulator.messages(order.id);

  print('', ...(process.stdout.isTTY ? [] : tree(played, screen.paint)));
  print('Timeline', ...timeline(played, messages).map((line) => `  ${line}`), '');
  print(
    `Messages to the customer (${messages.length})`,
    ...messages.map(
      (message) => `  ${clockTime(Date.parse(message.at))}  ${told(message)} by ${message.channels}`,
    ),
    '',
  );
  print(
    `Bill, with ${BILLED_MS} ms for each invocation`,
    ...printedBill(bill).map((line) => `  ${line}`),
    '',
  );
  if (order.state === 'completed') {
    print(`Order ${order.id} is completed; it took ${seconds(submitted)} s here.`);
  } else {
    print(`Order ${order.id} is ${order.state}, not completed:`, ...stuck.map((line) => `  ${line}`));
    process.exitCode = 1;
  }
} finally {
  await platform.stop();
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}

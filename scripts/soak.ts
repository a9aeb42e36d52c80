import { parseArgs } from 'node:util';
import { isClean, type SoakReport, soak } from './soak/soak.ts';

/**
 * Carries out thousands of random orders with random people and faults on the embedded cloud, and holds them against
 * what must always be true: `npm run soak -- --orders 5000 --seed 7 [--at-once 200] [--kills 10] [--minutes 30] [--json]`.
 * After so many minutes it accepts no more orders, and sees to the end of those under way. Exits with 1 when something does not hold.
 */
const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    'at-once': { type: 'string', default: '200' },
    kills: { type: 'string', default: '0' },
    minutes: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const whole = (name: 'orders' | 'seed' | 'at-once' | 'kills' | 'minutes', least = 1): number => {
  const number = Number(values[name]);
  if (!Number.isInteger(number) || number < least)
    throw new Error(`--${name} must be a whole number from ${least} on, not ${values[name]}`);
  return number;
};

function table(report: SoakReport): string {
  const { terminal, faults, broken } = report;
  const total = Object.values(terminal).reduce((sum, count) => sum + count, 0);
  const rows: [string, number | string][] = [
    ['orders accepted', report.accepted],
    ['orders refused', report.refused],
    ['orders that followed from others', report.followed],
    ['orders terminal', total],
    ...Object.entries(terminal).map(([state, count]): [string, number] => [`  ${state}`, count]),
    ['orders waiting', report.waiting],
    ...Object.entries(report.changes),
    ['effects in underlying systems', report.effects],
    ['kills of the whole cloud', report.kills],
    ['faults', Object.values(faults).reduce((sum, count) => sum + count, 0)],
    ...Object.entries(faults).map(([kind, count]): [string, number] => [`  ${kind}`, count]),
    ...Object.entries(broken).map(([kind, count]): [string, number] => [`broken: ${kind}`, count]),
    ['double effects', report.doubleEffects],
    ['lost orders', report.lostOrders],
    ['orphaned tokens', report.orphanedTokens],
    ['orders per second', (report.accepted / report.seconds).toFixed(2)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    ...rows.map(([name, count]) => `${name.padEnd(width)}  ${String(count).padStart(8)}`),
    ...report.examples.map((line) => `! ${line}`),
  ].join('\n');
}

try {
  const report = await soak({
    orders: whole('orders'),
    seed: whole('seed'),
    atOnce: whole('at-once'),
    kills: whole('kills', 0),
    ...(values.minutes !== undefined && { enough: AbortSignal.timeout(whole('minutes') * 60_000) }),
    tell: (text) => process.stderr.write(`${text}\n`),
  });
  process.stdout.write(`${values.json ? JSON.stringify(report, undefined, 2) : table(report)}\n`);
  if (!isClean(report)) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

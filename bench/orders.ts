import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Api, type Order } from '#scripts/api.ts';
import { fillIn } from '#scripts/demo/world.ts';
import { readReferenceOrder } from '#scripts/example.ts';
import { DEMO_START, Platform } from '#scripts/platform.ts';
import { isTerminal } from '#shared/domain/states.ts';
import { sharesOf } from './profile.ts';

/**
 * Orders per second: the reference order from the API to completion, in memory, with systems that answer at once, and
 * with people and an outside world that do so too. `node bench/orders.ts [--orders 20] [--at-once 5] [--profile]`
 */
const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '20' },
    'at-once': { type: 'string', default: '5' },
    profile: { type: 'boolean', default: false },
  },
});
const count = Math.min(50, Number(values.orders));
const atOnce = Number(values['at-once']);
const MINUTE = 60_000;
const profiles = join(import.meta.dirname, '..', 'build', 'profiles');
const print = (...lines: readonly string[]) => process.stdout.write(`${lines.join('\n')}\n`);

if (values.profile) {
  rmSync(profiles, { recursive: true, force: true });
  mkdirSync(profiles, { recursive: true });
  process.env.NODE_OPTIONS = `--cpu-prof --cpu-prof-dir=${profiles}`;
}
const platform = await Platform.start({ clock: 'manual', start: DEMO_START });
delete process.env.NODE_OPTIONS;
const { cloud, simulator } = platform;
const token = new Map<string, Promise<string>>();
const api = new Api(platform.url, (role) => {
  const known = token.get(role) ?? platform.token(role);
  token.set(role, known);
  return known;
});
const done = new Set<string>();

/** Does at once what people and the outside would do for orders that are under way. */
async function playWorld(): Promise<void> {
  const now = new Date(await cloud.now()).toISOString();
  const deeds = [
    ...(await api.workItems('LOGISTICS_PICK')).map(({ id }) => ({
      key: id,
      perform: async () => {
        const { form } = await api.workItem(id, 'logistics');
        await api.act(id, 'complete', fillIn(form), 'logistics');
      },
    })),
    ...simulator.ledger({ operation: 'logistics.ship' }).map(({ key, outputs }) => ({
      key,
      perform: () => report('delivery.delivered', String(outputs.trackingId), now, { deliveredAt: now }),
    })),
    ...simulator.ledger({ operation: 'field.dispatch' }).map(({ key, outputs }) => ({
      key,
      perform: () => report('visit.done', String(outputs.workOrderId), now, { note: 'Done' }),
    })),
  ].filter(({ key }) => !done.has(key));
  for (const { key } of deeds) done.add(key);
  await Promise.all(deeds.map(({ perform }) => perform()));
}

async function report(
  what: string,
  subject: string,
  time: string,
  data: Record<string, unknown>,
): Promise<void> {
  await api.send({
    id: `${what}-${subject}`,
    source: '/bench',
    type: `milepost.${what}`,
    subject,
    time,
    data,
  });
}

/** Carries out so many orders, some at once. */
async function carryOut(orders: number): Promise<Order[]> {
  const document = readReferenceOrder();
  const ended: Order[] = [];
  let open: string[] = [];
  let submitted = 0;
  while (ended.length < orders) {
    while (open.length < atOnce && submitted < orders) {
      submitted++;
      open.push((await api.submit(document)).id);
    }
    await cloud.idle();
    await playWorld();
    await cloud.idle();
    const seen = await Promise.all(open.map((id) => api.order(id)));
    ended.push(...seen.filter(({ state }) => isTerminal(state)));
    const left = seen.filter(({ state }) => !isTerminal(state)).map(({ id }) => id);
    // Nothing ended and nothing to do: a retry is due.
    if (left.length === open.length) await platform.advanceTo((await cloud.now()) + MINUTE);
    open = left;
  }
  return ended;
}

try {
  await carryOut(1);
  await cloud.resetMeter();
  const began = performance.now();
  const own = process.cpuUsage();
  const ended = await carryOut(count);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(own);
  const failed = ended.filter(({ state }) => state !== 'completed').length;
  print(
    `${count} orders, ${atOnce} at once: ${seconds.toFixed(1)} s, ${(count / seconds).toFixed(2)} orders/s${failed > 0 ? `, ${failed} not completed` : ''}`,
    `Bench and systems: ${((user + system) / 1e6 / seconds).toFixed(2)} processors`,
  );
  const { total } = await cloud.meter();
  const perOrder = (service: string, unit?: string) =>
    total
      .filter((use) => use.service === service && (unit === undefined || use.unit === unit))
      .reduce((sum, { quantity }) => sum + quantity, 0) / count;
  print(
    `Of each order: ${perOrder('states', 'StateTransition').toFixed(0)} transitions, ${perOrder('lambda', 'Request').toFixed(0)} invocations, ${perOrder('dynamodb').toFixed(0)} units of DynamoDB, ${perOrder('sqs').toFixed(0)} requests to queues, ${perOrder('events').toFixed(0)} events`,
  );
} finally {
  await platform.stop();
}
if (values.profile) {
  const shares = sharesOf(profiles);
  const all = [...shares.values()].reduce((sum, ms) => sum + ms, 0);
  print('Processor time of the embedded cloud, without DynamoDB Local (a process of its own):');
  for (const [component, ms] of shares)
    print(
      `  ${component.padEnd(34)}${((100 * ms) / all).toFixed(1).padStart(5)} %${(ms / count).toFixed(0).padStart(7)} ms of each order`,
    );
}

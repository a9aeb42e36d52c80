import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { seededRandom } from '#local/random.ts';
import { Api, ApiError } from '#scripts/api.ts';
import { World } from '#scripts/demo/world.ts';
import { readReferenceOrder } from '#scripts/example.ts';
import { DEMO_START, Platform } from '#scripts/platform.ts';

/** How often the cloud is killed while the order runs. */
const KILLS = 4;
const MONTH = 31 * 24 * 3600 * 1000;

let folder: string;
let platform: Platform;
let api: Api;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'milepost-data-'));
  platform = await Platform.start({ clock: 'manual', start: DEMO_START, dataFolder: folder });
  api = new Api(platform.url, (role) => platform.token(role));
});
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true });
});

/** Kills the cloud each time that the outside world has seen so many effects. */
class Killer {
  readonly #watch: NodeJS.Timeout;
  #isDead = false;
  kills = 0;

  constructor(after: readonly number[]) {
    const left = [...after].sort((a, b) => a - b);
    this.#watch = setInterval(() => {
      const [next = Number.POSITIVE_INFINITY] = left;
      if (this.#isDead || platform.simulator.ledger().length < next) return;
      left.shift();
      this.#isDead = true;
      this.kills++;
      void platform.cloud.kill();
    }, 1);
  }

  /** Does something however often the cloud is killed meanwhile. */
  async survive<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!this.#isDead) throw error;
        await platform.cloud.kill();
        await platform.cloud.restart();
        this.#isDead = false;
      }
    }
  }

  stop(): void {
    clearInterval(this.#watch);
  }
}

/** Runs the reference order to its end, with people and the outside world; answers its number. */
async function run(killer: Killer, key: string): Promise<string> {
  const { cloud, simulator } = platform;
  const document = readReferenceOrder();
  const { id } = await killer.survive(() => api.submit(document, { 'idempotency-key': key }));
  const until = (await killer.survive(() => cloud.now())) + MONTH;
  const isOver = async () => {
    await cloud.idle();
    return (await api.order(id)).completionDate !== undefined;
  };
  let world = new World(api, simulator, id);
  let { kills } = killer;
  while (!(await killer.survive(isOver)))
    await killer.survive(async () => {
      // Who was about to do something when the cloud died begins again.
      if (killer.kills > kills) {
        await releaseClaimed(id);
        world = new World(api, simulator, id);
      }
      kills = killer.kills;
      await world.observe();
      const now = await cloud.now();
      expect(now).toBeLessThan(until);
      const next = Math.min(world.next() ?? until, (await cloud.nextDue()) ?? until);
      if (next > now) await platform.advanceTo(next);
      for (let deed = world.take(next); deed; deed = world.take(next))
        await deed.perform().catch((error: unknown) => {
          if (!(error instanceof ApiError && error.status === 409)) throw error;
        });
    });
  return id;
}

/** Puts back what the picker had claimed. */
async function releaseClaimed(order: string): Promise<void> {
  const { body } = await api.request({
    role: 'logistics',
    path: '/desks/LOGISTICS_PICK/work-items?state=claimed',
  });
  for (const item of claimedSchema.parse(body).items)
    if (item.order === order) await api.act(item.id, 'release', undefined, 'logistics');
}

const claimedSchema = z.object({ items: z.array(z.object({ id: z.string(), order: z.string() })) });

/** What was done for an order, but for news that it is late: kills take time, and make it so. */
const effects = (order: string) =>
  platform.simulator
    .ledger({ correlationId: order })
    .filter(({ step }) => !step?.includes('ORDER_DELAYED'))
    .map(({ step, operation }) => `${step} ${operation}`)
    .sort();

it('an order completes although the cloud is killed again and again, with the same effects as otherwise', async () => {
  const undisturbed = new Killer([]);
  const expected = effects(await run(undisturbed, 'undisturbed'));
  undisturbed.stop();

  const random = seededRandom(20261123);
  const points = Array.from({ length: KILLS }, () => Math.floor((1 + random()) * expected.length));
  const killer = new Killer(points);
  const order = await run(killer, 'disturbed');
  killer.stop();

  expect(killer.kills).toBe(KILLS);
  expect((await api.order(order)).state).toBe('completed');
  expect(effects(order)).toEqual(expected);
  expect(platform.simulator.doubleEffects()).toEqual({ byKey: [], byStep: [], undoneTwice: [] });
  await expectNothingLeft(order);
}, 120_000);

/** No token is parked, no flow runs, and no message lies anywhere. */
async function expectNothingLeft(order: string): Promise<void> {
  const { cloud } = platform;
  const { resources } = await cloud.resources();
  const named = (type: string) => resources.filter((resource) => resource.type.startsWith(type));
  const table = named('AWS::DynamoDB::').find(({ name }) => /waits/i.test(name));
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(cloud.clientConfig));
  const { Items = [] } = await documents.send(
    new QueryCommand({
      TableName: table?.name,
      KeyConditionExpression: '#order = :order',
      ExpressionAttributeNames: { '#order': 'order' },
      ExpressionAttributeValues: { ':order': order },
    }),
  );
  expect(Items.length).toBeGreaterThan(0);
  expect(Items.filter(({ token }) => token !== undefined)).toEqual([]);

  const states = new SFNClient(cloud.clientConfig);
  for (const { physicalId } of named('AWS::StepFunctions::StateMachine')) {
    const running = { stateMachineArn: physicalId, statusFilter: 'RUNNING' } as const;
    const { executions } = await states.send(new ListExecutionsCommand(running));
    expect({ physicalId, executions }).toEqual({ physicalId, executions: [] });
  }
  const sqs = new SQSClient(cloud.clientConfig);
  for (const { physicalId } of named('AWS::SQS::Queue').filter(({ type }) => type.endsWith('Queue'))) {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: physicalId, AttributeNames: ['All'] }),
    );
    expect({ physicalId, waiting: Attributes.ApproximateNumberOfMessages }).toEqual({
      physicalId,
      waiting: '0',
    });
  }
}

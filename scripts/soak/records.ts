import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { paginateListExecutions, SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { FIRST_RUN } from '#shared/steps/run-step.ts';
import { headerKey } from '#shared/store/orders.ts';
import { stepSchema, suborderSchema, type Wait, waitSchema } from '#shared/store/records.ts';
import { workItemId } from '#shared/store/work-items.ts';
import { startFlow } from '#shared/tasks/order.ts';
import type { Platform } from '../platform.ts';

/** A wait that is open, with the work item that somebody is to do. */
export type OpenWait = Wait & { readonly workItem?: string };

/** Kinds of work items, by kind of the wait that they end. */
const WORK: Readonly<Partial<Record<Wait['kind'], 'manual' | 'fallout' | 'undo'>>> = {
  manual: 'manual',
  repair: 'fallout',
  undo: 'undo',
};

/** What the tables and Step Functions keep of orders, read behind the back of the APIs to be held against what they say. */
export class Records {
  readonly #platform: Platform;
  readonly #documents: DynamoDBDocumentClient;
  readonly #tables: ReadonlyMap<string, string>;

  private constructor(platform: Platform, tables: ReadonlyMap<string, string>) {
    this.#platform = platform;
    this.#documents = DynamoDBDocumentClient.from(new DynamoDBClient(platform.cloud.clientConfig));
    this.#tables = tables;
  }

  static async of(platform: Platform): Promise<Records> {
    const names = await Promise.all(
      ['Orders', 'Waits', 'Suborders'].map(
        async (id) => [id, (await platform.cloud.resource('AWS::DynamoDB::Table', id)).name] as const,
      ),
    );
    return new Records(platform, new Map(names));
  }

  /** The state of an order as it was last recorded, which costs less to ask than the API. */
  async state(order: string): Promise<string> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#tables.get('Orders'), Key: headerKey(order) }),
    );
    return z.object({ state: z.string() }).parse(Item).state;
  }

  /** Every wait of an order, those that are over too. */
  async waits(order: string) {
    return z.array(waitSchema).parse(await this.#ofOrder('Waits', order));
  }

  /** What an order waits for: for whatever people are to do, with the work item. */
  async openWaits(order: string): Promise<readonly OpenWait[]> {
    const open = (await this.waits(order)).filter(
      ({ status, token }) => status === 'open' && token !== undefined,
    );
    if (open.every(({ kind }) => !(kind in WORK))) return open;
    const { steps } = await this.suborders(order);
    return open.map((wait) => {
      // Whoever was asked need not do it any more: the outcome is known, and about to take effect.
      const kind = wait.outcome ? undefined : WORK[wait.kind];
      const { suborder, step } = wait;
      const run = steps.find((one) => one.suborder === suborder && one.step === step)?.run ?? FIRST_RUN;
      return kind ? { ...wait, workItem: workItemId({ order, suborder, step, kind, run }) } : wait;
    });
  }

  /** The suborders of an order, order management among them, and the records of their steps. */
  async suborders(order: string) {
    const items = await this.#ofOrder('Suborders', order);
    const rows = items.map((item) => ({
      suborder: suborderSchema.safeParse(item).data,
      step: stepSchema.safeParse(item).data,
    }));
    return {
      suborders: rows.flatMap(({ suborder }) => suborder ?? []),
      steps: rows.flatMap(({ step }) => step ?? []),
    };
  }

  /** The orders that the flows of an order have placed. */
  async followers(order: string): Promise<string[]> {
    const { steps } = await this.suborders(order);
    return steps.flatMap(({ outputs }) => startFlow.output.safeParse(outputs).data?.childOrderId ?? []);
  }

  /** Names of the executions that run. */
  async running(): Promise<string[]> {
    const client = new SFNClient(this.#platform.cloud.clientConfig);
    const { resources } = await this.#platform.cloud.resources();
    const names: string[] = [];
    for (const { physicalId } of resources.filter(({ type }) => type === 'AWS::StepFunctions::StateMachine'))
      for await (const { executions = [] } of paginateListExecutions(
        { client },
        { stateMachineArn: physicalId, statusFilter: 'RUNNING' },
      ))
        names.push(...executions.flatMap(({ name }) => name ?? []));
    return names;
  }

  async #ofOrder(table: string, order: string): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    for await (const { Items = [] } of paginateQuery(
      { client: this.#documents },
      {
        TableName: this.#tables.get(table),
        KeyConditionExpression: '#order = :order',
        ExpressionAttributeNames: { '#order': 'order' },
        ExpressionAttributeValues: { ':order': order },
        ConsistentRead: true,
      },
    ))
      items.push(...Items);
    return items;
  }
}

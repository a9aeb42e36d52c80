import { GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { NotFound } from '#shared/domain/errors.ts';
import { stepKey, suborderKey } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { tableName } from './client.ts';
import { type StepRecord, type Suborder, stepSchema, suborderSchema } from './records.ts';

type Documents = Pick<Dependencies, 'documents'>;

/** @throws NotFound */
export async function getSuborder(
  { documents }: Documents,
  order: string,
  suborder: string,
): Promise<Suborder> {
  const { Item } = await documents.send(
    new GetCommand({
      TableName: tableName('suborders'),
      Key: suborderKey(order, suborder),
      ConsistentRead: true,
    }),
  );
  if (!Item) throw new NotFound('Suborder', `${order}-${suborder}`);
  return suborderSchema.parse(Item);
}

/** The record of a step, or undefined when the step was not reached yet. */
export async function getStep(
  { documents }: Documents,
  order: string,
  suborder: string,
  step: string,
): Promise<StepRecord | undefined> {
  const { Item } = await documents.send(
    new GetCommand({
      TableName: tableName('suborders'),
      Key: stepKey(order, suborder, step),
      ConsistentRead: true,
    }),
  );
  return Item && stepSchema.parse(Item);
}

/** The records of all steps of a suborder that were reached, in order of their ids. */
export const getSteps = async (deps: Documents, order: string, suborder: string): Promise<StepRecord[]> =>
  (await query(deps, order, stepKey(order, suborder, '').sk)).map((item) => stepSchema.parse(item));

/** The records of all steps of an order that were reached. */
export const getAllSteps = async (deps: Documents, order: string): Promise<StepRecord[]> =>
  (await query(deps, order, 'STEP#')).map((item) => stepSchema.parse(item));

/** All suborders of an order, order management (`00`) first. */
export const getSuborders = async (deps: Documents, order: string): Promise<Suborder[]> =>
  (await query(deps, order, suborderKey(order, '').sk)).map((item) => suborderSchema.parse(item));

async function query(
  { documents }: Documents,
  order: string,
  prefix: string,
): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  const pages = paginateQuery(
    { client: documents },
    {
      TableName: tableName('suborders'),
      KeyConditionExpression: '#order = :order AND begins_with(sk, :prefix)',
      ExpressionAttributeNames: { '#order': 'order' },
      ExpressionAttributeValues: { ':order': order, ':prefix': prefix },
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) items.push(...Items);
  return items;
}

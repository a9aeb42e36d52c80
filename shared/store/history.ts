import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { TransactItem } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { tableName } from './client.ts';
import { type HistoryEntry, historyEntrySchema } from './records.ts';

/** An entry to write; `id` tells it from all others of its subject and instant. */
export type NewEntry = Omit<HistoryEntry, 'entry'> & { readonly id: string };

/** Who decides when nobody does: a rule of the product. */
export const MILEPOST = 'milepost';

/** The write of an entry, for the transaction of what it tells about; refused when it is there already. */
export const historyItem = ({ id, ...entry }: NewEntry): TransactItem => ({
  Put: {
    TableName: tableName('history'),
    Item: { ...entry, entry: `${entry.at}#${id}` },
    ConditionExpression: 'attribute_not_exists(#entry)',
    ExpressionAttributeNames: { '#entry': 'entry' },
  },
});

/** The entries of a subject, in the order of time, from this time on. */
export async function readHistory(
  { documents }: Pick<Dependencies, 'documents'>,
  subject: string,
  from = '0',
): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = [];
  const pages = paginateQuery(
    { client: documents },
    {
      TableName: tableName('history'),
      KeyConditionExpression: '#subject = :subject AND #entry >= :from',
      ExpressionAttributeNames: { '#subject': 'subject', '#entry': 'entry' },
      ExpressionAttributeValues: { ':subject': subject, ':from': from },
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages)
    entries.push(...Items.map((item) => historyEntrySchema.parse(item)));
  return entries;
}

import type { State } from '#shared/domain/states.ts';
import { tableName } from '#shared/store/client.ts';
import { suborderKey, type TransactItem } from './completion.ts';

/** Moves a suborder to another state, if it is in one of these; refused otherwise. */
export const moveSuborder = (
  order: string,
  suborder: string,
  from: readonly State[],
  to: State,
): TransactItem => ({
  Update: {
    TableName: tableName('suborders'),
    Key: suborderKey(order, suborder),
    UpdateExpression: 'SET #state = :to',
    ConditionExpression: `#state IN (${from.map((_, index) => `:from${index}`).join(', ')})`,
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: {
      ':to': to,
      ...Object.fromEntries(from.map((state, index) => [`:from${index}`, state])),
    },
  },
});

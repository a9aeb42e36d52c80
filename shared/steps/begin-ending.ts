import type { State } from '#shared/domain/states.ts';
import { tableName } from '#shared/store/client.ts';
import type { Suborder } from '#shared/store/records.ts';
import { suborderKey, type TransactItem } from './completion.ts';
import type { Dependencies } from './dependencies.ts';
import { ENDS, NOT_ENDING } from './ending.ts';
import { moveSuborder } from './suborder-state.ts';
import { writeTogether } from './transaction.ts';

/** How suborders are to end, and why. */
export interface Ending {
  readonly ends: Exclude<NonNullable<Suborder['ends']>, 'amended'>;
  /** Id of the request that asked for it: it is refused behind a hard point of no return. */
  readonly cancelledBy?: string | undefined;
}

/**
 * Decides that suborders end before their work is done, all of them or none: from then on none of their steps starts,
 * and none passes a point of no return. An order has at most 100 suborders, as many as a transaction has writes.
 * @param rows as they were read; those that are cancelled already are not to be among them; a change that is under way gives way
 * @returns false when one of them has changed since it was read: look again
 */
export async function beginEnding(
  deps: Pick<Dependencies, 'documents'>,
  rows: readonly Suborder[],
  ending: Ending,
): Promise<boolean> {
  if (rows.length === 0) return true;
  const refused = await writeTogether(
    deps,
    rows.map((row) => endsSuborder(row, ending)),
  );
  if (refused) return false;
  if (ending.ends === 'cancelled') await confirm(deps, rows);
  return true;
}

/** A suborder whose cancellation was decided is `pendingCancellation`, by way of `assessingCancellation` only (TMF622). */
export async function confirm(
  deps: Pick<Dependencies, 'documents'>,
  rows: readonly Suborder[],
): Promise<void> {
  const started = rows.filter(isStarted);
  for (const { order, suborder } of started)
    await writeTogether(deps, [
      moveSuborder(order, suborder, ['assessingCancellation'], 'pendingCancellation'),
    ]);
}

/** Whether an execution does its work, so that it is the execution which undoes and ends it. */
export const isStarted = ({ startedAt }: Pick<Suborder, 'startedAt'>): boolean => startedAt !== undefined;

/** The write that decides that a suborder ends; refused when it has changed since it was read. */
export function endsSuborder(row: Suborder, { ends, cancelledBy }: Ending): TransactItem {
  const { order, suborder, state } = row;
  return {
    Update: {
      TableName: tableName('suborders'),
      Key: suborderKey(order, suborder),
      UpdateExpression: `SET #ends = :ends, #state = :to${cancelledBy === undefined ? '' : ', #cancelledBy = :by'} REMOVE #suspended, #amends`,
      ConditionExpression: [
        `(${NOT_ENDING} OR #ends = :amended)`,
        '#state = :from',
        ...(cancelledBy === undefined ? [] : ['attribute_not_exists(#passedHard)']),
      ].join(' AND '),
      ExpressionAttributeNames: {
        ...ENDS,
        '#state': 'state',
        '#suspended': 'suspended',
        '#amends': 'amends',
        ...(cancelledBy !== undefined && { '#cancelledBy': 'cancelledBy', '#passedHard': 'passedHard' }),
      },
      ExpressionAttributeValues: {
        ':ends': ends,
        ':amended': 'amended',
        ':from': state,
        ':to': whileEnding(row, ends),
        ...(cancelledBy !== undefined && { ':by': cancelledBy }),
      },
    },
  };
}

/** TMF622: what fails does so out of `inProgress`; what has not started is not assessed. */
function whileEnding(row: Suborder, ends: Ending['ends']): State {
  if (!isStarted(row)) return 'pending';
  return ends === 'failed' ? 'inProgress' : 'assessingCancellation';
}

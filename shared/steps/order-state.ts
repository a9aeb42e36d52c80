import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { ITEM_STATES, isTerminal, orderState, type State } from '#shared/domain/states.ts';
import { MANAGEMENT } from '#shared/domain/suborders.ts';
import { tableName } from '#shared/store/client.ts';
import type { Suborder } from '#shared/store/records.ts';
import { getSuborders } from '#shared/store/suborders.ts';
import { unlessRefused } from '#shared/store/unless-refused.ts';
import type { Dependencies } from './dependencies.ts';

/** The state of an order with these suborders; while none of its items has begun, that of order management. */
export function stateOf(suborders: readonly Suborder[]): State {
  const items = suborders.filter(({ suborder }) => suborder !== MANAGEMENT);
  const begun = items.some(({ state }) => state !== 'acknowledged');
  const management = suborders.find(({ suborder }) => suborder === MANAGEMENT);
  return !begun && management ? management.state : orderState(items.map(({ state }) => state));
}

/**
 * Brings the state in the order's header, by which orders are listed, up to that of its suborders. Others may do the
 * same at the same time: whoever wrote looks again, so that the last write is never of an older state; nothing follows
 * a terminal one.
 * @returns the state
 */
export async function projectOrderState(deps: Dependencies, order: string): Promise<State> {
  for (let written: State | undefined; ; ) {
    const state = stateOf(await getSuborders(deps, order));
    if (state === written || !(await writeState(deps, order, state)) || isTerminal(state)) return state;
    written = state;
  }
}

const TERMINAL = ITEM_STATES.filter(isTerminal);

/** Nothing follows a terminal state. @returns false when the header is in this state or over */
async function writeState(deps: Dependencies, order: string, state: State): Promise<boolean> {
  const ended = isTerminal(state);
  return unlessRefused(
    deps.documents.send(
      new UpdateCommand({
        TableName: tableName('orders'),
        Key: { pk: `ORDER#${order}`, sk: 'HEADER' },
        UpdateExpression: `SET #state = :state${ended ? ', #completionDate = :now' : ''} ADD #version :one`,
        ConditionExpression: `attribute_exists(pk) AND #state <> :state AND NOT #state IN (${TERMINAL.map((terminal) => `:${terminal}`).join(', ')})`,
        ExpressionAttributeNames: {
          '#state': 'state',
          '#version': 'version',
          ...(ended && { '#completionDate': 'completionDate' }),
        },
        ExpressionAttributeValues: {
          ':state': state,
          ':one': 1,
          ...(ended && { ':now': deps.now().toISOString() }),
          ...Object.fromEntries(TERMINAL.map((terminal) => [`:${terminal}`, terminal])),
        },
      }),
    ),
  );
}

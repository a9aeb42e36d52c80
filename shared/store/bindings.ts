import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { TransactItem } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { tableName } from './client.ts';
import { type Binding, bindingSchema } from './records.ts';

/** What a label of a unit says: at most one live suborder has it. */
export interface UnitLabel {
  readonly kind: 'SERIAL' | 'MAC';
  readonly value: string;
}

/** Which suborder a label belongs to. */
export interface Holder {
  readonly order: string;
  readonly suborder: string;
}

const bindingId = ({ kind, value }: UnitLabel) => `${kind}#${value}`;

/** Who has this label, read consistently. */
export async function readBinding(
  { documents }: Pick<Dependencies, 'documents'>,
  label: UnitLabel,
): Promise<Binding | undefined> {
  const { Item } = await documents.send(
    new GetCommand({
      TableName: tableName('bindings'),
      Key: { binding: bindingId(label) },
      ConsistentRead: true,
    }),
  );
  return Item && bindingSchema.parse(Item);
}

/**
 * The write that gives a label to a suborder; refused when another has it.
 * @param instead a holder that is known to have ended, and that it may be taken from
 */
export function bindLabel(label: UnitLabel, holder: Holder, at: string, instead = holder): TransactItem {
  return {
    Put: {
      TableName: tableName('bindings'),
      Item: { binding: bindingId(label), order: holder.order, suborder: holder.suborder, at },
      ConditionExpression: `attribute_not_exists(binding) OR ${HELD_BY} OR (#order = :oldOrder AND #suborder = :oldSuborder)`,
      ExpressionAttributeNames: NAMES,
      ExpressionAttributeValues: {
        ':order': holder.order,
        ':suborder': holder.suborder,
        ':oldOrder': instead.order,
        ':oldSuborder': instead.suborder,
      },
    },
  };
}

/** The write that takes a label from a suborder; nothing happens when it has none, and it is refused when another has it. */
export function releaseLabel(label: UnitLabel, holder: Holder): TransactItem {
  return {
    Delete: {
      TableName: tableName('bindings'),
      Key: { binding: bindingId(label) },
      ConditionExpression: `attribute_not_exists(binding) OR ${HELD_BY}`,
      ExpressionAttributeNames: NAMES,
      ExpressionAttributeValues: { ':order': holder.order, ':suborder': holder.suborder },
    },
  };
}

const HELD_BY = '(#order = :order AND #suborder = :suborder)';
const NAMES = { '#order': 'order', '#suborder': 'suborder' };

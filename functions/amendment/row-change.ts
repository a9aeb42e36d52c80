import { suborderKey, type TransactItem } from '#shared/steps/completion.ts';
import { tableName } from '#shared/store/client.ts';
import type { Suborder } from '#shared/store/records.ts';

/** What changes of the record of a suborder. */
export interface RowChange {
  readonly row: Suborder;
  readonly set: Partial<Suborder>;
  /** What must be as it was read: else all is refused. */
  readonly asRead: readonly (keyof Suborder)[];
}

/** One write for each suborder: a transaction holds no more. One of which nothing changes is only looked at. */
export const rowWrites = (changes: readonly RowChange[]): TransactItem[] =>
  [...Map.groupBy(changes, ({ row }) => row.suborder).values()].flatMap((own) =>
    own.slice(0, 1).map(({ row }) =>
      rowWrite({
        row,
        set: Object.assign({}, ...own.map(({ set }) => set)),
        asRead: [...new Set(own.flatMap(({ asRead }) => asRead))],
      }),
    ),
  );

function rowWrite({ row, set, asRead }: RowChange): TransactItem {
  const written = Object.entries(set).filter(([, value]) => value !== undefined);
  const known = asRead.filter((name) => row[name] !== undefined);
  const values = [
    ...written.map(([name, value]) => [`:${name}`, value] as const),
    ...known.map((name) => [`:${name}AsRead`, row[name]] as const),
  ];
  const write = {
    TableName: tableName('suborders'),
    Key: suborderKey(row.order, row.suborder),
    ConditionExpression: asRead
      .map((name) => (known.includes(name) ? `#${name} = :${name}AsRead` : `attribute_not_exists(#${name})`))
      .join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(
      [...written.map(([name]) => name), ...asRead].map((name) => [`#${name}`, name]),
    ),
    ...(values.length > 0 && { ExpressionAttributeValues: Object.fromEntries(values) }),
  };
  return written.length === 0
    ? { ConditionCheck: write }
    : {
        Update: {
          ...write,
          UpdateExpression: `SET ${written.map(([name]) => `#${name} = :${name}`).join(', ')}`,
        },
      };
}

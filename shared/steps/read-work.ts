import { NotFound } from '#shared/domain/errors.ts';
import type { Facts } from '#shared/domain/facts.ts';
import { SWITCHES_KEY, type Switch, switchesIn } from '#shared/holds/switches.ts';
import { documentKey, parseDocument } from '#shared/store/orders.ts';
import { readTogether } from '#shared/store/read-together.ts';
import { type Suborder, suborderSchema } from '#shared/store/records.ts';
import { suborderKey } from './completion.ts';
import type { Dependencies } from './dependencies.ts';
import { factsOfDocument } from './order-facts.ts';

/** What a step looks at before it begins, beside the steps that were done before it. */
export interface Work {
  readonly suborder: Suborder;
  readonly orderFacts: Facts;
  readonly switches: readonly Switch[];
}

/**
 * Reads in one call what a step looks at before it begins.
 * @throws NotFound when there is no such order or suborder
 */
export async function readWork(
  deps: Pick<Dependencies, 'documents'>,
  order: string,
  suborder: string,
): Promise<Work> {
  const [row, document, switches] = await readTogether(deps, [
    { table: 'suborders', key: suborderKey(order, suborder) },
    { table: 'orders', key: documentKey(order) },
    { table: 'orders', key: SWITCHES_KEY },
  ]);
  if (!row) throw new NotFound('Suborder', `${order}-${suborder}`);
  if (!document) throw new NotFound('Order', order);
  return {
    suborder: suborderSchema.parse(row),
    orderFacts: factsOfDocument(parseDocument(document)),
    switches: switchesIn(switches),
  };
}

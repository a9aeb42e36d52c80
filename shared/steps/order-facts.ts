import type { Facts } from '#shared/domain/facts.ts';
import { loadDocument } from '#shared/store/orders.ts';
import { orderFacts } from '#shared/tmf622/facts.ts';
import type { Dependencies } from './dependencies.ts';

/** What every step of an order knows, from the order as it was accepted; who has no billing account pays as customer. */
export async function getOrderFacts({ documents }: Pick<Dependencies, 'documents'>, order: string) {
  const facts = orderFacts(await loadDocument(documents, order));
  return { accountId: facts.customerId, ...facts } satisfies Facts;
}

import type { Facts } from '#shared/domain/facts.ts';
import { loadDocument } from '#shared/store/orders.ts';
import type { OrderDocument } from '#shared/tmf622/document.ts';
import { orderFacts } from '#shared/tmf622/facts.ts';
import type { Dependencies } from './dependencies.ts';

/** What every step of an order knows, from the order as it was accepted; who has no billing account pays as customer. */
export async function getOrderFacts({ documents }: Pick<Dependencies, 'documents'>, order: string) {
  return factsOfDocument(await loadDocument(documents, order));
}

/** The same of a document that was read already. */
export function factsOfDocument(document: OrderDocument) {
  const facts = orderFacts(document);
  return { accountId: facts.customerId, ...facts } satisfies Facts;
}

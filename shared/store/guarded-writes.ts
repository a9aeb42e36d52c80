import { setTimeout as pause } from 'node:timers/promises';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { TechnicalError } from '#shared/domain/errors.ts';
import type { TransactItem } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { TRANSACTION_LIMIT, writeTogether } from '#shared/steps/transaction.ts';

/** A write of a transaction, and the name of what its condition guards. */
export interface GuardedWrite<Guard extends string> {
  readonly guard: Guard;
  readonly item: TransactItem;
}

/** Writes that are guarded by the same thing. */
export const guarded = <const Guard extends string>(
  guard: Guard,
  ...items: readonly TransactItem[]
): GuardedWrite<Guard>[] => items.map((item) => ({ guard, item }));

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 20;

/**
 * Commits all writes or none; a caller waits for the answer, so collisions with other transactions are retried
 * here. More gates than a transaction holds, which stand last, are opened right before, as `recordStep` does.
 *
 * @returns what refused: the guards whose condition did not hold; empty when everything was written
 * @throws TechnicalError `Conflict` when others kept writing the same records
 */
export async function commit<Guard extends string>(
  deps: Pick<Dependencies, 'documents'>,
  writes: readonly GuardedWrite<Guard>[],
): Promise<ReadonlySet<Guard>> {
  const together = writes.slice(0, TRANSACTION_LIMIT);
  for (const { item } of writes.slice(TRANSACTION_LIMIT))
    if (item.Update) await deps.documents.send(new UpdateCommand(item.Update));
  for (let attempt = 1; ; attempt += 1) {
    try {
      const refused = await writeTogether(
        deps,
        together.map(({ item }) => item),
      );
      return new Set(refused?.flatMap((index) => together[index]?.guard ?? []));
    } catch (error) {
      if (!(error instanceof TechnicalError) || attempt === ATTEMPTS) throw error;
      await pause(Math.random() * FIRST_PAUSE_MS * 2 ** attempt);
    }
  }
}

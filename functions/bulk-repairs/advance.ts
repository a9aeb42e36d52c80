import * as z from 'zod';
import { goesOn, pauseAfter, repairBatch } from '#shared/bulk-repairs/run.ts';
import { selectPage } from '#shared/bulk-repairs/select.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { moveBulkRepair, readBulkRepair } from '#shared/store/bulk-repairs.ts';
import { dependencies, taskHandler } from '../task-handler.ts';

const eventSchema = z.object({
  bulkRepair: z.string(),
  run: z.int(),
  /** The error after which the execution gives up. */
  gaveUp: z.string().optional(),
});

/** Pages that are frozen at a time: a few seconds. */
const PAGES = 10;

/** What the execution is to do next. */
interface Next {
  readonly next: 'select' | 'repair' | 'end';
  readonly waitSeconds: number;
}

const END: Next = { next: 'end', waitSeconds: 0 };

/**
 * Does the next part of a bulk repair: freezes some pages of its list, or repairs a batch. Everything that it needs
 * to know stands in the records, so that it goes on where it was, whatever broke off. A run that was replaced ends.
 */
export const advance =
  (deps: Dependencies) =>
  async ({ bulkRepair, run, gaveUp }: z.output<typeof eventSchema>): Promise<Next> => {
    if (gaveUp !== undefined) {
      await moveBulkRepair(deps, bulkRepair, ['running'], 'paused', { why: gaveUp });
      return END;
    }
    for (let page = 0; page < PAGES; page += 1) {
      const head = await readBulkRepair(deps, bulkRepair);
      if (!head || head.run !== run) return END;
      if (head.status === 'running') {
        if (!(await goesOn(deps, head))) return END;
        const count = await repairBatch(deps, head);
        return { next: 'repair', waitSeconds: pauseAfter(count, head.ratePerMinute) };
      }
      if (head.status !== 'selecting') return END;
      await selectPage(deps, head);
    }
    return { next: 'select', waitSeconds: 0 };
  };

export const handler = taskHandler(eventSchema, advance(dependencies));

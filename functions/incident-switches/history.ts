import * as z from 'zod';
import { SWITCHES_SUBJECT } from '#shared/holds/switches.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { readHistory } from '#shared/store/history.ts';
import type { HistoryEntry } from '#shared/store/records.ts';
import { type Handle, httpHandler } from '../http.ts';
import { readQuery } from '../query.ts';

const querySchema = z.strictObject({
  /** The earliest moment to be told about; thirty days ago when it is left out. */
  from: z.iso.datetime().optional(),
});
const USUAL_MS = 30 * 24 * 3_600_000;

/** `GET /incident-switches/history`: who switched what on and off, when and why, the earliest first. */
export const switchHistory =
  (deps: Dependencies): Handle =>
  async ({ query }) => {
    const { from = new Date(deps.now().getTime() - USUAL_MS).toISOString() } = readQuery(querySchema, query);
    return { status: 200, body: { items: (await readHistory(deps, SWITCHES_SUBJECT, from)).map(view) } };
  };

const view = ({ at, what, by, why, details }: HistoryEntry) => ({
  at,
  what,
  switch: details?.switch,
  by,
  ...(why !== undefined && { reason: why }),
});

export const handler = httpHandler({ errors: 'problem', handle: switchHistory(defaultDependencies()) });

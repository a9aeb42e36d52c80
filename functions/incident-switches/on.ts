import * as z from 'zod';
import { InvalidRequest } from '#shared/domain/errors.ts';
import { SYSTEMS } from '#shared/domain/systems.ts';
import { SWITCH_KINDS, switchOn, switchReason } from '#shared/holds/switches.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { problemsOf } from '#shared/tmf622/pointer.ts';
import { type Handle, httpHandler } from '../http.ts';
import { switchView } from './view.ts';

/** Flows and tasks are named as in the catalogue; one that is not there holds nothing back. */
const bodySchema = z
  .strictObject({
    kind: z.enum(SWITCH_KINDS),
    name: z.string().regex(/^[a-z0-9.-]{1,100}$/),
    reason: switchReason,
  })
  .refine(({ kind, name }) => kind !== 'system' || SYSTEMS.some((system) => system === name), {
    path: ['name'],
    message: `must be one of ${SYSTEMS.join(', ')}`,
  });

/** `POST /incident-switches`: from now on nothing of this flow, task or system is begun. */
export const on =
  (deps: Dependencies): Handle =>
  async ({ body, caller }) => {
    const read = bodySchema.safeParse(body);
    if (!read.success) throw new InvalidRequest(problemsOf(read.error, body));
    const one = { ...read.data, by: caller.sub, at: deps.now().toISOString() };
    await switchOn(deps, one);
    return { status: 201, body: switchView(one) };
  };

export const handler = httpHandler({ errors: 'problem', handle: on(defaultDependencies()) });

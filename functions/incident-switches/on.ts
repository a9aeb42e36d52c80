import * as z from 'zod';
import { reasonSchema } from '#shared/domain/reason.ts';
import { SYSTEMS } from '#shared/domain/systems.ts';
import { SWITCH_KINDS, switchOn } from '#shared/holds/switches.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { parse } from '#shared/tmf622/pointer.ts';
import { type Handle, httpHandler } from '../http.ts';
import { switchView } from './view.ts';

/** Flows and tasks are named as in the catalogue; one that is not there holds nothing back. */
const bodySchema = z
  .strictObject({
    kind: z.enum(SWITCH_KINDS),
    name: z.string().regex(/^[a-z0-9.-]{1,100}$/),
    reason: reasonSchema,
  })
  .refine(({ kind, name }) => kind !== 'system' || SYSTEMS.some((system) => system === name), {
    path: ['name'],
    message: `must be one of ${SYSTEMS.join(', ')}`,
  });

/** `POST /incident-switches`: from now on nothing of this flow, task or system is begun. */
export const on =
  (deps: Dependencies): Handle =>
  async ({ body, caller }) => {
    const one = { ...parse(bodySchema, body), by: caller.sub, at: deps.now().toISOString() };
    await switchOn(deps, one);
    return { status: 201, body: switchView(one) };
  };

export const handler = httpHandler({ errors: 'problem', handle: on(defaultDependencies()) });

import { readSwitches } from '#shared/holds/switches.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { type Handle, httpHandler } from '../http.ts';
import { switchView } from './view.ts';

/** `GET /incident-switches`: those that are on, since when, by whom and why. */
export const list =
  (deps: Pick<Dependencies, 'documents'>): Handle =>
  async () => ({
    status: 200,
    body: { items: (await readSwitches(deps)).map(switchView) },
  });

export const handler = httpHandler({ errors: 'problem', handle: list(defaultDependencies()) });

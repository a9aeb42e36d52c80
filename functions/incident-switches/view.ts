import { type Switch, switchId } from '#shared/holds/switches.ts';

/** A switch as the API shows it. */
export const switchView = (one: Switch) => ({ id: switchId(one), ...one });

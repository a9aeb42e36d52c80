import { applyForPermit } from '#shared/tasks/civil.ts';
import { connector } from '../connector.ts';

export const handler = connector(applyForPermit);

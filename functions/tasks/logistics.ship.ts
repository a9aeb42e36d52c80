import { ship } from '#shared/tasks/logistics.ts';
import { connector } from '../connector.ts';

export const handler = connector(ship);

import { list } from '#shared/tasks/inventory.ts';
import { connector } from '../connector.ts';

export const handler = connector(list);

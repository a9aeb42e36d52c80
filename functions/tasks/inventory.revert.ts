import { revert } from '#shared/tasks/inventory.ts';
import { connector } from '../connector.ts';

export const handler = connector(revert);

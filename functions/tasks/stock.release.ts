import { release } from '#shared/tasks/stock.ts';
import { connector } from '../connector.ts';

export const handler = connector(release);

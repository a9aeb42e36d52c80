import { modify } from '#shared/tasks/tv.ts';
import { connector } from '../connector.ts';

export const handler = connector(modify);

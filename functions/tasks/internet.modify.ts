import { modify } from '#shared/tasks/internet.ts';
import { connector } from '../connector.ts';

export const handler = connector(modify);

import { modify } from '#shared/tasks/mobile.ts';
import { connector } from '../connector.ts';

export const handler = connector(modify);

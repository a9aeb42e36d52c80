import { revert } from '#shared/tasks/internet.ts';
import { connector } from '../connector.ts';

export const handler = connector(revert);

import { revert } from '#shared/tasks/access.ts';
import { connector } from '../connector.ts';

export const handler = connector(revert);

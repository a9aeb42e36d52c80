import { revert } from '#shared/tasks/voip.ts';
import { connector } from '../connector.ts';

export const handler = connector(revert);

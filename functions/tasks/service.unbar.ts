import { unbar } from '#shared/tasks/service.ts';
import { connector } from '../connector.ts';

export const handler = connector(unbar);

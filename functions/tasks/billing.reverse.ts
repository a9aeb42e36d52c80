import { reverse } from '#shared/tasks/billing.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(reverse);

import { check } from '#shared/tasks/serviceability.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(check);

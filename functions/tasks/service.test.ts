import { test } from '#shared/tasks/service.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(test);

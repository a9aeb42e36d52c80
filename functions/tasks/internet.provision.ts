import { provision } from '#shared/tasks/internet.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(provision);

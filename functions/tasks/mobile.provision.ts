import { provision } from '#shared/tasks/mobile.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(provision);

import { cancelDispatch } from '#shared/tasks/field.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(cancelDispatch);

import { cancelAppointment } from '#shared/tasks/field.ts';
import { undoConnector } from '../undo-handler.ts';

export const handler = undoConnector(cancelAppointment);

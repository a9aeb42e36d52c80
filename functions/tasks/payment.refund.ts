import { refund } from '#shared/tasks/payment.ts';
import { undoConnector } from '../undo-handler.ts';

export const handler = undoConnector(refund);

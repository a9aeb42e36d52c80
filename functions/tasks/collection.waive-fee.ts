import { waiveFee } from '#shared/tasks/collection.ts';
import { connector } from '../connector.ts';

export const handler = connector(waiveFee);

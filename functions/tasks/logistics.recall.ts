import { recall } from '#shared/tasks/logistics.ts';
import { connector } from '../connector.ts';

export const handler = connector(recall);

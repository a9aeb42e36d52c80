import { check } from '#shared/tasks/serviceability.ts';
import { connector } from '../connector.ts';

export const handler = connector(check);

import { deprovision } from '#shared/tasks/cpe.ts';
import { connector } from '../connector.ts';

export const handler = connector(deprovision);

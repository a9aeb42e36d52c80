import { register } from '#shared/tasks/emergency.ts';
import { connector } from '../connector.ts';

export const handler = connector(register);

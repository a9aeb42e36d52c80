import { takeBack } from '#shared/tasks/number.ts';
import { connector } from '../connector.ts';

export const handler = connector(takeBack);

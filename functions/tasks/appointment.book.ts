import { book } from '#shared/tasks/field.ts';
import { connector } from '../connector.ts';

export const handler = connector(book);

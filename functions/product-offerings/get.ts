import { findOffering } from '#shared/catalogue/offerings.ts';
import { NotFound } from '#shared/domain/errors.ts';
import { readFieldsQuery } from '#shared/tmf622/list-query.ts';
import { withFields } from '#shared/tmf622/resource.ts';
import { type Handle, httpHandler } from '../http.ts';
import { resourceOf } from './resource.ts';

/** `GET /productOffering/{id}`: one offering, with all that an order item can say of it. */
export const get: Handle = async ({ path: { id = '' }, query }) => {
  const fields = readFieldsQuery(query);
  const offering = findOffering(id);
  if (!offering) throw new NotFound('Product offering', id.slice(0, 40));
  return { status: 200, body: withFields(resourceOf(offering), fields) };
};

export const handler = httpHandler({ errors: 'tmf622', handle: get });

import { OFFERINGS } from '#shared/catalogue/offerings.ts';
import { readOfferingQuery } from '#shared/tmf620/offering-query.ts';
import { CATALOGUE_PATH } from '#shared/tmf620/product-offering.ts';
import { withFields } from '#shared/tmf622/resource.ts';
import { type Handle, httpHandler } from '../http.ts';
import { pageHeaders } from '../paging.ts';
import { resourceOf } from './resource.ts';

/** `GET /productOffering`: a page of what can be ordered, in the order of the catalogue; reads nothing. */
export const list: Handle = async ({ query }) => {
  const { fields, offset, limit, matches } = readOfferingQuery(query);
  const found = OFFERINGS.filter(matches);
  const page = found.slice(offset, offset + limit);
  return {
    status: 200,
    headers: pageHeaders(`${CATALOGUE_PATH}/productOffering`, query, {
      offset,
      limit,
      results: page.length,
      total: found.length,
    }),
    body: page.map((offering) => withFields(resourceOf(offering), fields)),
  };
};

export const handler = httpHandler({ errors: 'tmf622', handle: list });

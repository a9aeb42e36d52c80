/** Where a page stands in its list. */
export interface Page {
  readonly offset: number;
  readonly limit: number;
  /** How many entries the page has. */
  readonly results: number;
  /** How many there are in all. */
  readonly total: number;
  /** How far the list can be paged through, when that is less than its length. */
  readonly bound?: number;
}

/**
 * The headers of a page of a TM Forum list: `X-Total-Count`, `X-Result-Count`, and RFC 8288 links to the pages before
 * and after. @param path of the list, from the root of the API
 */
export function pageHeaders(
  path: string,
  query: Readonly<Record<string, string>>,
  { offset, limit, results, total, bound = Number.POSITIVE_INFINITY }: Page,
): Readonly<Record<string, string>> {
  const link = (rel: string, at: number) =>
    `<${path}?${new URLSearchParams({ ...query, offset: String(at), limit: String(Math.min(limit, bound - at)) })}>; rel="${rel}"`;
  const links = [
    ...(offset > 0 ? [link('prev', Math.max(0, offset - limit))] : []),
    ...(results > 0 && offset + results < total ? [link('next', offset + results)] : []),
  ];
  return {
    'x-total-count': String(total),
    'x-result-count': String(results),
    ...(links.length > 0 && { link: links.join(', ') }),
  };
}

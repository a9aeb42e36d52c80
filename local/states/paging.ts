import { AwsError } from '#local/aws.ts';

const PAGE = 100;
export const LARGEST_PAGE = 1000;

/** A page of a list; the token is where the next one begins. @throws {AwsError} InvalidToken */
export function page<T>(
  all: readonly T[],
  { maxResults, nextToken }: { maxResults?: number | undefined; nextToken?: string | undefined },
): { items: T[]; nextToken?: string } {
  const start = nextToken === undefined ? 0 : Number(Buffer.from(nextToken, 'base64').toString());
  if (!Number.isInteger(start) || start < 0)
    throw new AwsError('InvalidToken', `Invalid Token: '${nextToken}'`);
  const size = maxResults === undefined || maxResults === 0 ? PAGE : Math.min(maxResults, LARGEST_PAGE);
  const end = start + size;
  const items = all.slice(start, end);
  return end < all.length ? { items, nextToken: Buffer.from(String(end)).toString('base64') } : { items };
}

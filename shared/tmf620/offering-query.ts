import type { Offering } from '#shared/catalogue/offerings.ts';
import { InvalidRequest } from '#shared/domain/errors.ts';
import { PRODUCTS } from '#shared/domain/products.ts';
import {
  DEFAULT_LIMIT,
  LIST_BOUND,
  MOST_LIMIT,
  QueryReader,
  unknownParameters,
} from '#shared/tmf622/list-query.ts';
import { isSellable, LIFECYCLE_STATES, lifecycleStatus } from './product-offering.ts';

/** What `GET /productOffering` asks for. */
export interface OfferingQuery {
  readonly fields: ReadonlySet<string> | undefined;
  readonly offset: number;
  readonly limit: number;
  /** Whether an offering is asked for: filters combine by AND, the values of one by OR. */
  readonly matches: (offering: Offering) => boolean;
}

const PARAMETERS = new Set([
  'fields',
  'offset',
  'limit',
  'id',
  'name',
  'lifecycleStatus',
  'isSellable',
  'productSpecification.id',
]);

/** @throws InvalidRequest (`InvalidQuery`) naming each parameter that is unknown or wrong */
export function readOfferingQuery(query: Readonly<Record<string, string>>): OfferingQuery {
  const problems = unknownParameters(query, PARAMETERS);
  const read = new QueryReader(query, problems);
  const ids = read.values('id');
  const states = read.among('lifecycleStatus', LIFECYCLE_STATES);
  const sellable = read.among('isSellable', ['true', 'false']);
  const products = read.among('productSpecification.id', PRODUCTS);
  const asked: OfferingQuery = {
    fields: read.fields(),
    offset: read.integer('offset', 0, 0, LIST_BOUND),
    limit: read.integer('limit', DEFAULT_LIMIT, 1, MOST_LIMIT),
    matches: (offering) =>
      (ids?.includes(offering.id) ?? true) &&
      (query.name === undefined || offering.name === query.name) &&
      (states?.includes(lifecycleStatus(offering)) ?? true) &&
      (sellable?.includes(isSellable(offering) ? 'true' : 'false') ?? true) &&
      (products?.includes(offering.product) ?? true),
  };
  if (problems.length > 0) throw new InvalidRequest(problems, 'InvalidQuery');
  return asked;
}

/** Things kept by key, in the order in which they were first set; a `Map` is one that ends with the process. */
export interface Shelf<T> {
  get(key: string): T | undefined;
  has(key: string): boolean;
  entries(): Iterable<readonly [key: string, value: T]>;
  set(key: string, value: T): unknown;
  delete(key: string): unknown;
}

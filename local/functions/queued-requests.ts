import { Agent, ClientRequest } from 'node:http';

/**
 * Has requests of one invocation go out one after the other, each when the one before was answered: what is asked for
 * side by side goes over connections of its own, and would come in any order.
 * @param current what is the same for all requests of an invocation; undefined outside of one
 */
export function queueRequests(current: () => object | undefined): void {
  const name = 'addRequest';
  const add: unknown = Reflect.get(Agent.prototype, name);
  if (typeof add !== 'function') throw new Error('requests cannot be queued in this version of Node.js');
  const last = new WeakMap<object, ClientRequest>();
  Reflect.set(Agent.prototype, name, function (this: Agent, request: unknown, ...rest: unknown[]) {
    const send = () => void Reflect.apply(add, this, [request, ...rest]);
    const invocation = current();
    if (!invocation || !(request instanceof ClientRequest)) return send();
    const before = last.get(invocation);
    last.set(invocation, request);
    if (before && !before.closed) before.once('close', send);
    else send();
  });
}

import * as z from 'zod';
import { ManualClock } from '../clock.ts';
import type { EmbeddedCloud } from '../cloud.ts';
import type { ServerRequest, ServerResponseData } from '../wire/http-server.ts';
import { type ClockState, clockMove, faultPlan } from './admin-model.ts';

type Handler = (body: unknown, query: URLSearchParams) => Promise<unknown> | unknown;

/** The admin API under `/_local/`: what tests and tools drive the embedded cloud with. */
export class Admin {
  readonly #cloud: EmbeddedCloud;
  readonly #handlers: Readonly<Record<string, Handler>>;

  constructor(cloud: EmbeddedCloud) {
    this.#cloud = cloud;
    this.#handlers = {
      'GET clock': () => this.#clock(),
      'POST clock': (body) => this.#move(body),
      'POST idle': () => cloud.idle(),
      'GET meter': () => cloud.meter.reading(),
      'DELETE meter': () => cloud.meter.reset(),
      'GET logs': (_body, query) => cloud.logs.lines(query.get('function') ?? undefined),
      'GET resources': () => cloud.resources,
      'GET permissions': () => cloud.grants(),
      'POST token': async (body) => ({
        token: await cloud.token(z.record(z.string(), z.unknown()).parse(body)),
      }),
      'GET faults': () => cloud.faults.log(),
      'POST faults': (body) => cloud.faults.replace(faultPlan.parse(body)),
      'POST fire': (body) => {
        const { name } = z.strictObject({ name: z.string() }).parse(body);
        if (!cloud.fire(name)) throw new Error(`no schedule's name contains '${name}'`);
      },
      'GET issuer/.well-known/openid-configuration': () => cloud.issuer.configuration,
      'GET issuer/.well-known/jwks.json': () => cloud.issuer.keySet,
    };
  }

  async handle({ method, path, query, body }: ServerRequest): Promise<ServerResponseData> {
    const answer = (status: number, content: unknown) => ({
      status,
      headers: { 'content-type': 'application/json' },
      body: content === undefined ? '' : JSON.stringify(content),
    });
    const handler = this.#handlers[`${method} ${path.slice('/_local/'.length)}`];
    if (!handler) return answer(404, { message: `there is no ${method} ${path}` });
    try {
      const content: unknown = body.length > 0 ? JSON.parse(body.toString('utf8')) : undefined;
      return answer(200, await handler(content, new URLSearchParams(query)));
    } catch (error) {
      return answer(400, { message: error instanceof Error ? error.message : String(error) });
    }
  }

  #clock(): ClockState {
    const nextDue = this.#cloud.nextDue();
    const { clock } = this.#cloud;
    const manual = clock instanceof ManualClock;
    return { now: clock.now(), manual, ...(nextDue === undefined ? {} : { nextDue }) };
  }

  async #move(body: unknown): Promise<ClockState> {
    const move = clockMove.parse(body);
    if ('advance' in move) await this.#cloud.advance(move.advance);
    else if ('advanceTo' in move) await this.#cloud.advanceTo(move.advanceTo);
    else {
      await this.#cloud.idle();
      await this.#cloud.advanceTo(Math.min(this.#cloud.nextDue() ?? move.nextUntil, move.nextUntil));
    }
    return this.#clock();
  }
}

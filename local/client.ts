import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import {
  type ClockMove,
  type ClockState,
  type CloudResource,
  type CloudResources,
  clockState,
  cloudResources,
  type Fault,
  type FaultPlan,
  fault,
  type Grant,
  grant,
  type LogLine,
  logLine,
  type MeterReading,
  meterReading,
} from './admin/admin-model.ts';
import type { CloudOptions } from './options.ts';

/** Message from the cloud's process to the one that started it. */
export const childMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), url: z.string() }),
  z.object({ type: z.literal('failed'), message: z.string() }),
]);
export type ChildMessage = z.output<typeof childMessage>;

/** Environment variable through which {@link startCloud} hands over the options, as JSON. */
export const OPTIONS_VARIABLE = 'EMBEDDED_CLOUD_OPTIONS';

const watchEveryMs = 20;

/**
 * Starts an embedded cloud in a process of its own and waits until it is ready. The process ends when `stop`
 * is called and also when this process ends, however that happens.
 * @throws when it cannot start, with the reason in one line
 */
export async function startCloud(options: CloudOptions): Promise<CloudHandle> {
  const { url, child } = await startProcess(options);
  return new CloudHandle(url, { child, options });
}

/** A cloud's process that is ready. */
interface Started {
  readonly url: string;
  readonly child: ChildProcess;
}

async function startProcess(options: CloudOptions): Promise<Started> {
  const child = spawn(nodeBinary(), [fileURLToPath(new URL('./main.ts', import.meta.url))], {
    env: {
      // Compiles its modules once, not at each start.
      NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'),
      ...process.env,
      [OPTIONS_VARIABLE]: JSON.stringify(options),
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (data) => {
      const message = childMessage.parse(data);
      if (message.type === 'ready') resolve(message.url);
      else reject(new Error(message.message));
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`the embedded cloud ended (${signal ?? code})`)));
  });
  return { url, child };
}

/** Talks to a running embedded cloud over its admin API. */
export class CloudHandle {
  /** Base URL of the HTTP API; AWS SDK clients use the same as their endpoint. */
  readonly url: string;
  readonly #options: CloudOptions | undefined;
  #child: ChildProcess | undefined;

  /** Attaches to a running cloud; `own` only when its process is this handle's to end. */
  constructor(url: string, own?: { readonly child: ChildProcess; readonly options: CloudOptions }) {
    this.url = url;
    this.#child = own?.child;
    this.#options = own?.options;
  }

  /** What AWS SDK clients need to call the embedded cloud with every permission. */
  get clientConfig(): {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  } {
    return {
      endpoint: this.url,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'admin', secretAccessKey: 'admin' },
    };
  }

  /** The cloud's time in epoch milliseconds. */
  async now(): Promise<number> {
    return (await this.#clock()).now;
  }

  /** When the next timer of a manual clock is due. */
  async nextDue(): Promise<number | undefined> {
    return (await this.#clock()).nextDue;
  }

  /** Moves a manual clock on; everything that falls due on the way runs to its end. Answers the new time. */
  async advance(durationMs: number): Promise<number> {
    return (await this.#clock({ advance: durationMs })).now;
  }

  /** Moves a manual clock to the given time. */
  async advanceTo(time: Date | number): Promise<number> {
    return (await this.#clock({ advanceTo: Number(time) })).now;
  }

  /**
   * Moves a manual clock from timer to timer until `predicate` holds; any other clock is watched until it does.
   * @throws when it does not hold within `limitMs` of the cloud's time
   */
  async runUntil(predicate: () => boolean | Promise<boolean>, limitMs: number): Promise<void> {
    await this.idle();
    const limit = (await this.now()) + limitMs;
    while (!(await predicate())) {
      const { now, nextDue = Number.POSITIVE_INFINITY, manual } = await this.#clock();
      if (now >= limit || (manual && nextDue > limit))
        throw new Error(`still not so at ${new Date(now).toISOString()}, and nothing due before the limit`);
      if (manual) await this.#clock({ nextUntil: limit });
      else await pause(watchEveryMs);
    }
  }

  /** Resolves once nothing is under way any more except waits for time or for a callback. */
  async idle(): Promise<void> {
    await this.#request('POST', 'idle');
  }

  async meter(): Promise<MeterReading> {
    return meterReading.parse(await this.#request('GET', 'meter'));
  }

  async resetMeter(): Promise<void> {
    await this.#request('DELETE', 'meter');
  }

  /** What functions wrote, oldest first; of one function when named. */
  async logs(functionName?: string): Promise<LogLine[]> {
    const query = functionName === undefined ? '' : `?function=${encodeURIComponent(functionName)}`;
    return z.array(logLine).parse(await this.#request('GET', `logs${query}`));
  }

  async resources(): Promise<CloudResources> {
    return cloudResources.parse(await this.#request('GET', 'resources'));
  }

  /** Everything that the policies allow, and whether a call has made use of it since the start. */
  async permissions(): Promise<Grant[]> {
    return z.array(grant).parse(await this.#request('GET', 'permissions'));
  }

  /**
   * The one resource of a type whose logical id, name or construct path contains `part`.
   * @throws when none or several match
   */
  async resource(type: string, part: string): Promise<CloudResource> {
    const { resources } = await this.resources();
    const found = resources.filter(
      (resource) =>
        resource.type === type &&
        [resource.logicalId, resource.name, resource.path ?? ''].some((text) => text.includes(part)),
    );
    const [resource] = found;
    if (!resource || found.length > 1) throw new Error(`${found.length} resources ${type} match '${part}'`);
    return resource;
  }

  /** A JWT signed by the local issuer; `iss`, `aud`, `iat` and `exp` are filled in unless given. */
  async token(claims: Record<string, unknown>): Promise<string> {
    return z.object({ token: z.string() }).parse(await this.#request('POST', 'token', claims)).token;
  }

  /** The faults that struck since they were last replaced, oldest first. */
  async faultLog(): Promise<Fault[]> {
    return z.array(fault).parse(await this.#request('GET', 'faults'));
  }

  /** Replaces the faults that are injected; an empty rule list ends them. */
  async faults(plan: FaultPlan): Promise<void> {
    await this.#request('POST', 'faults', plan);
  }

  /** Fires the rule or schedule whose name contains `part`, as if its time had come. */
  async fire(part: string): Promise<void> {
    await this.#request('POST', 'fire', { name: part });
  }

  /** Ends the cloud's process, and waits until it has ended. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.disconnect();
    await exited;
  }

  /** Ends the cloud's process as a crash does, at whatever it is; resolves when it has ended. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Starts the cloud's process again after it was killed, with the same options and at the same address. */
  async restart(): Promise<void> {
    if (!this.#options) throw new Error('a cloud that something else started cannot be started again');
    const { child } = await startProcess({ ...this.#options, port: Number(new URL(this.url).port) });
    this.#child = child;
  }

  async #clock(move?: ClockMove): Promise<ClockState> {
    return clockState.parse(await this.#request(move ? 'POST' : 'GET', 'clock', move));
  }

  async #request(method: string, path: string, body?: unknown): Promise<unknown> {
    // Not `fetch`, which gives up on answers that take long, as moving the clock far ahead may.
    const outgoing = request(`${this.url}/_local/${path}`, { method, agent: false });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    const incoming = await new Promise<IncomingMessage>((resolve, reject) =>
      outgoing.once('response', resolve).once('error', reject),
    );
    const answer = await text(incoming);
    if (incoming.statusCode !== 200)
      throw new Error(`${method} /_local/${path}: ${incoming.statusCode} ${answer}`);
    return answer === '' ? undefined : JSON.parse(answer);
  }
}

/** This process's Node when it runs TypeScript by itself, else the one that the project pins. */
function nodeBinary(): string {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  return createRequire(import.meta.url).resolve('node/bin/node');
}

import { createServer, type IncomingMessage, type Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, problem } from './answers.ts';
import { systems as systemIds } from './catalogue.ts';
import { control } from './control.ts';
import type { DoubleEffects, Effect, EffectFilter } from './ledger.ts';
import { type Script, type ScriptInput, scriptSchema } from './scripts.ts';
import { type SentMessage, UnderlyingSystems } from './underlying-systems.ts';

export type { DoubleEffects, Effect, EffectFilter } from './ledger.ts';
export type { ScriptInput } from './scripts.ts';
export type { SentMessage } from './underlying-systems.ts';

/** How to start the simulator; all optional. */
export interface SimulatorOptions {
  /** A free one by default. */
  readonly port?: number;
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** Other seeds give other outputs for the same keys. */
  readonly seed?: string;
  /** Bearer token by system; a system without one takes any token. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** How long every answer takes, in milliseconds; none by default. */
  readonly latency?: { readonly least: number; readonly most: number };
  /** Most effects and messages to remember, 100 000 by default; older ones and their keys are forgotten. */
  readonly ledgerLimit?: number;
  /** Epoch milliseconds; the time of the machine by default. */
  now?(): number;
}

/** A running simulator. */
export interface Simulator {
  readonly url: string;
  readonly port: number;
  /** The ids of the systems. */
  readonly systems: readonly string[];
  /** Where the operations of a system are, without a slash at the end. */
  baseUrl(system: string): string;
  /** Effects, oldest first. */
  ledger(filter?: EffectFilter): readonly Effect[];
  /** Messages sent to customers, oldest first. */
  messages(correlationId?: string): readonly SentMessage[];
  doubleEffects(): DoubleEffects;
  /** Adds a script; throws a ZodError when it is malformed. */
  script(script: ScriptInput): void;
  /** What is left of scripts: answers that nobody has asked for, or not as often as they were to be given. */
  unanswered(): readonly Script[];
  /** Forgets scripts, effects, keys and messages. */
  reset(): void;
  stop(): Promise<void>;
}

/** Starts the underlying systems as one HTTP server; rejects when the port is taken. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const stopping = new AbortController();
  const host = options.host ?? '127.0.0.1';
  const systems = new UnderlyingSystems({
    seed: options.seed ?? 'milepost',
    credentials: options.credentials ?? {},
    latency: options.latency ?? { least: 0, most: 0 },
    ledgerLimit: options.ledgerLimit ?? 100_000,
    now: options.now ?? Date.now,
    wait: (milliseconds) => delay(milliseconds, undefined, { signal: stopping.signal }),
  });
  const server = createServer((request, response) => {
    answer(systems, request).then(
      ({ status, body, headers }) => {
        response.writeHead(status, headers);
        response.end(body === undefined ? undefined : JSON.stringify(body));
      },
      (error: unknown) => {
        if (stopping.signal.aborted || response.destroyed) return void response.destroy();
        process.stderr.write(`simulator: ${error instanceof Error ? error.stack : String(error)}\n`);
        response.writeHead(500, { 'content-type': 'application/problem+json' });
        response.end(JSON.stringify(problem(500).body));
      },
    );
  });
  const port = await listen(server, options.port ?? 0, host);
  const url = `http://${host}:${port}`;
  return {
    url,
    port,
    systems: systemIds,
    baseUrl: (system) => `${url}/systems/${system}`,
    ledger: (filter) => systems.ledger.list(filter),
    messages: (correlationId) => systems.messages(correlationId),
    doubleEffects: () => systems.ledger.doubles(),
    script: (script) => systems.scripts.add(scriptSchema.parse(script)),
    unanswered: () => systems.scripts.unanswered(),
    reset: () => {
      systems.scripts.clear();
      systems.forget();
    },
    stop: () =>
      new Promise((resolve, reject) => {
        stopping.abort();
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

/** Largest body, in bytes. */
const largestBody = 1024 * 1024;

async function answer(systems: UnderlyingSystems, request: IncomingMessage): Promise<Answer> {
  const url = URL.parse(request.url ?? '/', 'http://localhost');
  if (!url) return problem(400, 'INVALID_INPUT', 'The path is malformed.');
  const { pathname, searchParams } = url;
  const method = request.method ?? 'GET';
  const text = await readBody(request);
  if (text === undefined) return problem(413, 'TOO_LARGE');
  const body = parse(text);
  if (body === unreadable) return problem(400, 'INVALID_INPUT', 'The body is not JSON.');
  const [, system, operation] = /^\/systems\/([^/]+)\/([^/]+)$/.exec(pathname) ?? [];
  if (system === undefined || operation === undefined)
    return control(systems, method, pathname, searchParams, body);
  if (method !== 'POST') return problem(405, 'METHOD_NOT_ALLOWED', undefined, { allow: 'POST' });
  return systems.call({
    system,
    operation,
    body,
    ...header(request, 'idempotency-key', 'key'),
    ...header(request, 'authorization', 'authorization'),
    ...header(request, 'x-correlation-id', 'correlationId'),
    ...header(request, 'x-step', 'step'),
  });
}

function header<K extends string>(request: IncomingMessage, name: string, as: K): { [P in K]?: string } {
  const value = request.headers[name];
  const fields: { [P in K]?: string } = {};
  if (typeof value === 'string' && value !== '') fields[as] = value;
  return fields;
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= largestBody) chunks.push(bytes);
  }
  return size > largestBody ? undefined : Buffer.concat(chunks).toString('utf8');
}

const unreadable = Symbol('unreadable');

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return unreadable;
  }
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

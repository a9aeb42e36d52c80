import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { Activity } from './activity.ts';
import { Admin } from './admin/admin.ts';
import type { CloudResources, Grant } from './admin/admin-model.ts';
import { chunks, Meter } from './billing/meter.ts';
import { type Clock, ManualClock, RunningClock } from './clock.ts';
import { type Assembly, readAssembly } from './cloudformation/assembly.ts';
import { DataFolder } from './data/data-folder.ts';
import { JsonFile } from './data/json-file.ts';
import { type Deployment, deploy } from './deployment.ts';
import { openDatabase } from './dynamodb/database.ts';
import { Faults } from './faults/faults.ts';
import { Logs } from './functions/logs.ts';
import { WorkerThread } from './functions/worker-thread.ts';
import { ISSUER_FILE, Issuer } from './http-api/issuer.ts';
import { type CloudOptions, cloudOptions, type ResolvedCloudOptions } from './options.ts';
import { pace } from './pace.ts';
import { machineNow, replaceDate, SharedTime } from './shared-time.ts';
import { inTrace } from './trace.ts';
import { Turns } from './turns.ts';
import { HttpServer, type ServerRequest, type ServerResponseData } from './wire/http-server.ts';
import { isAwsRequest } from './wire/wire.ts';

/** How many threads run functions: each has to become fast by itself, so a second one needs a processor of its own. */
const workerThreads = availableParallelism() > 2 ? 2 : 1;
const graceMs = 1000;
const keepTimeEveryMs = 1000;

/** A cloud assembly running in this process. Replaces the process's `Date` unless its clock is the real one. */
export class EmbeddedCloud {
  /** Base URL of everything: the HTTP API, the AWS endpoint and the admin API. */
  readonly url: string;
  readonly clock: Clock;
  readonly activity: Activity;
  readonly meter: Meter;
  readonly faults: Faults;
  readonly logs: Logs;
  readonly issuer: Issuer;
  readonly resources: CloudResources;
  readonly #deployment: Deployment;
  readonly #resourcesToFree: AsyncDisposableStack;

  private constructor(
    parts: Pick<EmbeddedCloud, 'url' | 'clock' | 'activity' | 'meter' | 'faults' | 'logs' | 'issuer'>,
    assembly: Assembly,
    deployment: Deployment,
    resourcesToFree: AsyncDisposableStack,
  ) {
    this.url = parts.url;
    this.clock = parts.clock;
    this.activity = parts.activity;
    this.meter = parts.meter;
    this.faults = parts.faults;
    this.logs = parts.logs;
    this.issuer = parts.issuer;
    this.resources = {
      resources: assembly.resources.map(({ properties: _, ...resource }) => resource),
      outputs: { ...assembly.outputs },
    };
    this.#deployment = deployment;
    this.#resourcesToFree = resourcesToFree;
  }

  /** @throws when it cannot start, with the reason in one line */
  static async start(given: CloudOptions): Promise<EmbeddedCloud> {
    await using cleanup = new AsyncDisposableStack();
    const options = cloudOptions.parse(given);
    const server = await HttpServer.listen(options.port);
    cleanup.defer(() => server.close());
    const { url } = server;
    const data = options.dataFolder === undefined ? undefined : new DataFolder(options.dataFolder);
    const { clock, time } = startClock(options, data);
    const activity = new Activity();
    const turns = new Turns(options.sequential);
    const meter = new Meter();
    const faults = new Faults();
    const logs = new Logs(() => clock.now(), data?.logs);
    const { sequential } = options;
    const seed = sequential ? options.seed : undefined;
    const threads = Array.from(
      { length: sequential ? 1 : workerThreads },
      () => new WorkerThread({ time, seed, logs }),
    );
    cleanup.defer(async () => void (await Promise.all(threads.map((thread) => thread.stop()))));
    const issuerUrl = `${url}/_local/issuer`;
    const filled = fillIn(options, { url, issuer: issuerUrl });

    const database = await openDatabase(data?.tables);
    cleanup.defer(() => database.stop());
    for (const thread of threads) thread.warmUp();
    const keys = data?.file('issuer.json') ?? new JsonFile(ISSUER_FILE);
    const [assembly, issuer] = await Promise.all([
      readAssembly(options.assembly, { ...filled, url }),
      Issuer.open(issuerUrl, keys, () => clock.now()),
      database.ready(),
    ]);
    const parts = { url, clock, activity, turns, meter, faults, logs, issuer };
    const deployment = await deploy(assembly, { ...parts, options: filled, database, threads, data });
    cleanup.defer(() => deployment.stop());
    if (data) keepTime(data, clock, cleanup);
    if (clock instanceof ManualClock && typeof options.clock === 'object')
      cleanup.defer(pace(clock, options.clock.speed, () => activity.idle()));
    const cloud = new EmbeddedCloud(parts, assembly, deployment, cleanup.move());
    const admin = new Admin(cloud);
    server.handler = (request) =>
      request.path.startsWith('/_local/') ? admin.handle(request) : cloud.#handle(request);
    deployment.resume();
    return cloud;
  }

  /** Moves a manual clock to `time`; what falls due on the way runs to its end first. */
  async advanceTo(time: number): Promise<void> {
    await this.#manualClock().advanceTo(time, () => this.activity.idle());
    await this.activity.idle();
  }

  /** Moves a manual clock on by `durationMs`. */
  async advance(durationMs: number): Promise<void> {
    await this.advanceTo(this.clock.now() + durationMs);
  }

  /** When the next timer of a manual clock is due. */
  nextDue(): number | undefined {
    return this.clock instanceof ManualClock ? this.clock.nextDue() : undefined;
  }

  /** Resolves once nothing is under way any more except waits for time or for a callback. */
  async idle(): Promise<void> {
    await this.activity.idle();
  }

  /** Fires a scheduled rule or schedule whose name contains `part`, as if its time had come. */
  fire(part: string): boolean {
    return this.#deployment.fire(part);
  }

  /** What the policies allow, and whether anything has made use of it. */
  grants(): Grant[] {
    return this.#deployment.permissions.grants();
  }

  /** A JWT; `aud` is what the API's first authorizer asks for unless given. */
  async token(claims: Readonly<Record<string, unknown>>): Promise<string> {
    const audience = this.#deployment.api?.audience;
    return this.issuer.sign({ ...(audience === undefined ? {} : { aud: audience }), ...claims });
  }

  /** Ends everything; what is under way is given a moment to finish, and is dropped after that. */
  async stop(): Promise<void> {
    await Promise.race([this.activity.idle(), pause(graceMs, undefined, { ref: false })]);
    await this.#resourcesToFree.disposeAsync();
  }

  #manualClock(): ManualClock {
    if (this.clock instanceof ManualClock) return this.clock;
    throw new Error('only a manual clock can be moved');
  }

  async #handle(request: ServerRequest): Promise<ServerResponseData> {
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        value === undefined ? value : String(value),
      ]),
    );
    if (isAwsRequest(headers))
      return this.#deployment.wire.handle({
        method: request.method,
        path: request.path,
        query: new URLSearchParams(request.query),
        headers,
        body: request.body.toString('utf8'),
      });
    const { api } = this.#deployment;
    if (request.path === '/health' && !(api?.hasRoute('GET /health') || api?.hasRoute('ANY /health')))
      return { status: 200, headers: { 'content-type': 'application/json' }, body: '{"status":"ok"}' };
    if (!api) return { status: 404, headers: {}, body: '' };
    return this.activity.during(() =>
      inTrace(this.#deployment.newTrace(), () => this.#callApi(api, request)),
    );
  }

  async #callApi(api: NonNullable<Deployment['api']>, request: ServerRequest): Promise<ServerResponseData> {
    this.meter.count({
      service: 'apigateway',
      operation: 'HttpRequest',
      unit: 'Request',
      resource: api.name,
      quantity: chunks(request.body.length, 512 * 1024),
    });
    const { statusCode, headers, body, isBase64Encoded } = await api.api.handle({
      method: request.method,
      path: request.path,
      rawQuery: request.query,
      headers: request.headers,
      sourceIp: '127.0.0.1',
      ...(request.body.length > 0 ? { body: request.body } : {}),
    });
    return { status: statusCode, headers, body: isBase64Encoded ? Buffer.from(body, 'base64') : body };
  }
}

/** The clock, and its time as other threads see it when it is not the machine's. */
function startClock(
  { clock, start }: ResolvedCloudOptions,
  data: DataFolder | undefined,
): { clock: Clock; time: SharedArrayBuffer | undefined } {
  if (clock === 'real' && start === undefined)
    return { clock: new RunningClock(machineNow), time: undefined };
  const time = new SharedTime();
  const from = data?.lastTime ?? start?.getTime() ?? machineNow();
  time.set(from, clock === 'real' ? 1 : 0);
  replaceDate(() => time.now());
  return {
    time: time.buffer,
    clock:
      clock === 'real'
        ? new RunningClock(() => time.now())
        : new ManualClock(from, (now) => {
            time.set(now, 0);
            data?.tick();
          }),
  };
}

/** Keeps the time now and then also while nothing happens, and nothing at all once everything is taken down. */
function keepTime(data: DataFolder, clock: Clock, cleanup: AsyncDisposableStack): void {
  data.keepTime(() => clock.now());
  const timer = setInterval(() => data.tick(), keepTimeEveryMs).unref();
  cleanup.defer(() => {
    clearInterval(timer);
    data.freeze();
  });
}

/** Puts the addresses, which are only known now, into the values given at the start. */
function fillIn(
  options: ResolvedCloudOptions,
  addresses: { readonly url: string; readonly issuer: string },
): ResolvedCloudOptions {
  const filled = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        value.replaceAll('{{url}}', addresses.url).replaceAll('{{issuer}}', addresses.issuer),
      ]),
    );
  return {
    ...options,
    parameters: filled(options.parameters),
    ssm: filled(options.ssm),
    secrets: filled(options.secrets),
  };
}

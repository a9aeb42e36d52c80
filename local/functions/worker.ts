/** Entry point of a worker thread that runs Lambda functions: many functions, each with its own environment. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { enableCompileCache, type ResolveFnOutput, registerHooks } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod';
import { replaceRandom, seededRandom } from '../random.ts';
import { replaceDate, SharedTime } from '../shared-time.ts';
import {
  type FunctionCode,
  type FunctionError,
  type WorkerReply,
  type WorkerRequest,
  workerRequest,
} from './protocol.ts';
import { queueRequests } from './queued-requests.ts';

/** Whose code is running. */
interface Running {
  readonly code: FunctionCode;
  readonly environment: Record<string, string>;
  readonly requestId?: string;
}

type Handler = (event: unknown, context: object) => unknown;

const port = parentPort ?? unreachable();
const running = new AsyncLocalStorage<Running>();
const functions = new Map<string, FunctionCode>();
const modules = new Map<string, Promise<Handler>>();
/** Where a package was loaded from first, by name and content of its file. */
const packages = new Map<string, string>();
/** The same by each place that it was found in: copies of functions come and go. */
const sharedUrls = new Map<string, string>();

const { time, seed } = z
  .object({ time: z.instanceof(SharedArrayBuffer).optional(), seed: z.int().optional() })
  .parse(workerData);
if (time) {
  const shared = new SharedTime(time);
  replaceDate(() => shared.now());
}
if (seed !== undefined) {
  replaceRandom(seededRandom(seed));
  queueRequests(() => running.getStore());
}
enableCompileCache();
registerHooks({ resolve: (specifier, context, next) => withSharedPackages(next(specifier, context)) });
isolateEnvironment();
captureOutput();
process.on('unhandledRejection', (reason) => write(`Unhandled rejection: ${describe(reason)}`));
port.on('message', (message) => void receive(workerRequest.parse(message)));

async function receive(request: WorkerRequest): Promise<void> {
  if (request.type === 'define') functions.set(request.code.arn, request.code);
  else if (request.type === 'ping') reply({ type: 'pong' });
  else await invoke(request);
}

async function invoke(request: Extract<WorkerRequest, { type: 'invoke' }>): Promise<void> {
  const { requestId } = request;
  const deadline = performance.now() + request.timeoutMs;
  try {
    const code = functions.get(request.functionArn) ?? unreachable();
    const handler = await handlerOf(code, request.copy);
    const environment = { ...code.environment, _X_AMZN_TRACE_ID: request.traceHeader };
    const context = {
      awsRequestId: requestId,
      callbackWaitsForEmptyEventLoop: true,
      functionName: code.name,
      functionVersion: '$LATEST',
      invokedFunctionArn: request.invokedArn,
      logGroupName: code.environment.AWS_LAMBDA_LOG_GROUP_NAME,
      logStreamName: code.environment.AWS_LAMBDA_LOG_STREAM_NAME,
      memoryLimitInMB: String(code.memorySize),
      getRemainingTimeInMillis: () => Math.max(0, Math.ceil(deadline - performance.now())),
    };
    const event: unknown = JSON.parse(request.payload);
    const result = await running.run({ code, environment, requestId }, async () => handler(event, context));
    reply({ type: 'result', requestId, payload: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    reply({ type: 'error', requestId, error: toFunctionError(error) });
  }
}

/** Loads a copy of a function's module when it is first needed. */
function handlerOf(code: FunctionCode, copy: number): Promise<Handler> {
  const url = `${pathToFileURL(code.file)}?function=${encodeURIComponent(code.arn)}&copy=${copy}`;
  const known = modules.get(url);
  if (known) return known;
  const loading = running.run({ code, environment: code.environment }, () => load(url, code.handler));
  modules.set(url, loading);
  loading.catch(() => modules.delete(url));
  return loading;
}

const moduleSchema = z.looseObject({ default: z.unknown().optional() });
const exportsSchema = z.record(z.string(), z.unknown());

async function load(url: string, name: string): Promise<Handler> {
  const module = moduleSchema.parse({ ...(await import(url)) });
  const handler = module[name] ?? exportsSchema.catch({}).parse(module.default)[name];
  if (typeof handler !== 'function')
    throw Object.assign(new Error(`${name} is undefined or not exported`), {
      name: 'Runtime.HandlerNotFound',
    });
  return (event, context) => Reflect.apply(handler, undefined, [event, context]);
}

/**
 * Packages keep nothing that belongs to a function. One that several functions have brought along, to the byte, is
 * loaded once for all of them, and so becomes fast for all of them.
 */
function withSharedPackages(resolved: ResolveFnOutput): ResolveFnOutput {
  const { url } = resolved;
  if (!url.startsWith('file:') || !url.includes('/node_modules/')) return resolved;
  const shared = sharedUrls.get(url) ?? sharedUrlOf(url);
  sharedUrls.set(url, shared);
  return { ...resolved, url: shared };
}

function sharedUrlOf(url: string): string {
  const file = fileURLToPath(url);
  const content = createHash('sha256').update(readFileSync(file)).digest('hex');
  const key = `${basename(file)} ${content}`;
  const shared = packages.get(key) ?? url;
  packages.set(key, shared);
  return shared;
}

/** Lets every function see its own `process.env`, whatever else runs in this thread. */
function isolateEnvironment(): void {
  const own = process.env;
  const current = () => running.getStore()?.environment ?? own;
  process.env = new Proxy(own, {
    get: (_target, key) => Reflect.get(current(), key),
    set: (_target, key, value) => Reflect.set(current(), key, String(value)),
    has: (_target, key) => Reflect.has(current(), key),
    deleteProperty: (_target, key) => Reflect.deleteProperty(current(), key),
    ownKeys: () => Reflect.ownKeys(current()),
    getOwnPropertyDescriptor: (_target, key) => {
      const value: unknown = Reflect.get(current(), key);
      return value === undefined
        ? undefined
        : { value, writable: true, enumerable: true, configurable: true };
    },
  });
}

/** Sends what functions write to standard output and error to the main thread. */
function captureOutput(): void {
  const capture = (chunk: unknown, ...rest: unknown[]) => {
    write(
      typeof chunk === 'string' ? chunk : Buffer.from(chunk instanceof Uint8Array ? chunk : []).toString(),
    );
    const callback = rest.find((argument) => typeof argument === 'function');
    if (callback) Reflect.apply(callback, undefined, []);
    return true;
  };
  process.stdout.write = capture;
  process.stderr.write = capture;
}

function write(text: string): void {
  const { code, requestId } = running.getStore() ?? {};
  reply({
    type: 'log',
    function: code?.name ?? '',
    ...(requestId === undefined ? {} : { requestId }),
    text: text.replace(/\n$/, ''),
  });
}

function reply(message: WorkerReply): void {
  port.postMessage(message);
}

function toFunctionError(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

function describe(reason: unknown): string {
  return reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
}

function unreachable(): never {
  throw new Error('only to be run as a worker thread');
}

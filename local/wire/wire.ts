import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../aws.ts';
import { schedulerCall } from '../events/scheduler-wire.ts';
import { inTrace, parentOfHeader, rootOfHeader } from '../trace.ts';
import type { Caller, Gateway } from './gateway.ts';

/** A request as it came over HTTP. */
export interface WireRequest {
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** IAM prefix and content type by the part of `X-Amz-Target` before the dot. */
const targets: Readonly<Record<string, { service: string; contentType: string }>> = {
  DynamoDB_20120810: { service: 'dynamodb', contentType: 'application/x-amz-json-1.0' },
  DynamoDBStreams_20120810: { service: 'dynamodb', contentType: 'application/x-amz-json-1.0' },
  AmazonSQS: { service: 'sqs', contentType: 'application/x-amz-json-1.0' },
  AWSStepFunctions: { service: 'states', contentType: 'application/x-amz-json-1.0' },
  AWSEvents: { service: 'events', contentType: 'application/x-amz-json-1.1' },
  AmazonSSM: { service: 'ssm', contentType: 'application/x-amz-json-1.1' },
  secretsmanager: { service: 'secretsmanager', contentType: 'application/x-amz-json-1.1' },
};
const invokePath = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;
const inputSchema = z.record(z.string(), z.unknown());
const invokeAnswer = z.object({
  StatusCode: z.number(),
  FunctionError: z.string().optional(),
  Payload: z.unknown(),
});

/** Whether a request speaks an AWS protocol, rather than to the application's own API. */
export function isAwsRequest(headers: WireRequest['headers']): boolean {
  return (
    headers['x-amz-target'] !== undefined || (headers.authorization ?? '').startsWith('AWS4-HMAC-SHA256')
  );
}

/** Speaks the AWS protocols: JSON 1.0 and 1.1, and REST for Lambda's Invoke and the Scheduler. */
export class Wire {
  readonly #gateway: Gateway;
  /** Callers by access key id. */
  readonly #callers: ReadonlyMap<string, Caller>;

  constructor(gateway: Gateway, callers: ReadonlyMap<string, Caller>) {
    this.#gateway = gateway;
    this.#callers = callers;
  }

  async handle(request: WireRequest): Promise<WireResponse> {
    const root = rootOfHeader(request.headers['x-amzn-trace-id']);
    const requestId = randomUUID();
    const [prefix = '', action = ''] = (request.headers['x-amz-target'] ?? '').split('.');
    const target = targets[prefix];
    const contentType = target?.contentType ?? 'application/json';
    try {
      const caller = this.#caller(request);
      const response = await inTrace(root, async () => {
        const invoked = invokePath.exec(request.path)?.[1];
        if (invoked !== undefined) return this.#invoke(caller, decodeURIComponent(invoked), request);
        const scheduling = prefix === '' ? schedulerCall(request) : undefined;
        if (scheduling) {
          const input = { ...toInput(request.body), ...scheduling.members };
          return answered(await this.#gateway.callAs(caller, 'scheduler', scheduling.action, input));
        }
        if (!target)
          throw new AwsError(
            'UnknownOperationException',
            `${request.method} ${request.path} is not supported`,
          );
        return answered(await this.#gateway.callAs(caller, target.service, action, toInput(request.body)));
      });
      return {
        ...response,
        headers: { 'content-type': contentType, 'x-amzn-requestid': requestId, ...response.headers },
      };
    } catch (error) {
      const { code, message, statusCode, details } =
        error instanceof AwsError
          ? error
          : new AwsError(
              'InternalFailure',
              error instanceof Error ? (error.stack ?? error.message) : String(error),
              500,
            );
      return {
        status: statusCode,
        headers: {
          'content-type': contentType,
          'x-amzn-requestid': requestId,
          'x-amzn-errortype': code,
          ...(prefix === 'AmazonSQS' ? { 'x-amzn-query-error': `${code};Sender` } : {}),
        },
        body: JSON.stringify({ __type: code, message, Message: message, ...details }),
      };
    }
  }

  async #invoke(caller: Caller, name: string, { headers, query, body }: WireRequest): Promise<WireResponse> {
    const qualifier = query.get('Qualifier');
    const answer = invokeAnswer.parse(
      await this.#gateway.callAs(caller, 'lambda', 'Invoke', {
        FunctionName: name,
        ...(qualifier === null ? {} : { Qualifier: qualifier }),
        InvocationType: headers['x-amz-invocation-type'] ?? 'RequestResponse',
        Payload: body === '' ? {} : parseJson(body),
      }),
    );
    return {
      status: answer.StatusCode,
      headers: {
        'x-amz-executed-version': '$LATEST',
        ...(answer.FunctionError === undefined ? {} : { 'x-amz-function-error': answer.FunctionError }),
      },
      body: answer.StatusCode === 200 ? JSON.stringify(answer.Payload ?? null) : '',
    };
  }

  #caller({ headers }: WireRequest): Caller {
    const accessKeyId = /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
    const caller = this.#callers.get(accessKeyId);
    const invocation = parentOfHeader(headers['x-amzn-trace-id']);
    if (caller) return invocation === undefined ? caller : { ...caller, invocation };
    throw new AwsError(
      'UnrecognizedClientException',
      'The security token included in the request is invalid. (In the embedded cloud, tools use the access key id "admin".)',
      403,
    );
  }
}

function answered(answer: unknown): WireResponse {
  return { status: 200, headers: {}, body: JSON.stringify(answer ?? {}) };
}

function toInput(body: string): Readonly<Record<string, unknown>> {
  const input = inputSchema.safeParse(body === '' ? {} : parseJson(body));
  if (!input.success) throw new AwsError('SerializationException', 'The request is not a JSON object');
  return input.data;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new AwsError('SerializationException', 'The request is not valid JSON');
  }
}

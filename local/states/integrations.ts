import { type AwsCall, AwsError } from '#local/aws.ts';
import { StatesError } from './errors.ts';
import { isJsonObject, type Json, type JsonObject, parseIfJson } from './json.ts';
import type { TaskTarget } from './resources.ts';
import { SECOND } from './time.ts';

/** Who makes a task's call. */
export interface CallOrigin {
  readonly principal: string;
  readonly executionArn: string;
  readonly stateMachineArn: string;
}

/** The API call that a task makes with its evaluated arguments. */
export function taskCall(target: TaskTarget, parameters: Json, origin: CallOrigin): AwsCall {
  const { service, action } = target;
  return { principal: origin.principal, service, action, input: callInput(target, parameters, origin) };
}

function callInput(target: TaskTarget, parameters: Json, origin: CallOrigin): JsonObject {
  if (target.kind === 'function') return { FunctionName: target.resource, Payload: parameters };
  const given = isJsonObject(parameters) ? parameters : {};
  if (target.kind === 'aws-sdk') return target.service === 'states' ? mapKeys(given, lowerFirst) : given;
  switch (target.service) {
    case 'lambda':
      return { ...given, Payload: lambdaPayload(given.Payload) };
    case 'sqs':
      return given.MessageBody === undefined ? given : { ...given, MessageBody: asText(given.MessageBody) };
    case 'states': {
      const { Input, ...rest } = given;
      const input = Input === undefined || Input === null ? {} : { input: asText(Input) };
      return { ...mapKeys(rest, lowerFirst), ...input };
    }
    case 'events':
      return { ...given, Entries: eventEntries(given.Entries, origin) };
    default:
      return given;
  }
}

/** A payload in text is sent as it is when it is JSON; none at all becomes an empty object. */
function lambdaPayload(payload: Json | undefined): Json {
  if (payload === undefined || payload === null) return {};
  return typeof payload === 'string' ? parseIfJson(payload) : payload;
}

/** Details become text, and every event names the machine and execution it comes from. */
function eventEntries(entries: Json | undefined, origin: CallOrigin): Json {
  const list = Array.isArray(entries) ? entries : [];
  return list.map((entry) => {
    if (!isJsonObject(entry)) return entry;
    const resources = Array.isArray(entry.Resources) ? entry.Resources : [];
    const detail = entry.Detail === undefined ? {} : { Detail: asText(entry.Detail) };
    return { ...entry, ...detail, Resources: [...resources, origin.stateMachineArn, origin.executionArn] };
  });
}

/**
 * What a task's call answered, as the state's result.
 * @throws {StatesError} when the answer says that the function or an entry failed
 */
export function taskResult(target: TaskTarget, answer: Json, requestId: string): Json {
  const given = isJsonObject(answer) ? answer : {};
  if (target.service === 'lambda' && target.kind !== 'aws-sdk') {
    if (given.FunctionError !== undefined) throw functionError(given.Payload ?? null);
    if (target.kind === 'function') return given.Payload ?? null;
  }
  if (target.kind === 'aws-sdk') return target.service === 'states' ? mapKeys(given, upperFirst) : answer;
  const metadata = {
    SdkHttpMetadata: { AllHttpHeaders: {}, HttpHeaders: {}, HttpStatusCode: 200 },
    SdkResponseMetadata: { RequestId: requestId },
  };
  switch (target.service) {
    case 'states': {
      const { startDate, ...rest } = given;
      const started = typeof startDate === 'number' ? Math.round(startDate * SECOND) : null;
      return { ...mapKeys(rest, upperFirst), ...metadata, StartDate: started };
    }
    case 'events': {
      const result = { ...given, ...metadata };
      if (typeof given.FailedEntryCount === 'number' && given.FailedEntryCount > 0)
        throw new StatesError('EventBridge.FailedEntry', JSON.stringify(result));
      return result;
    }
    default:
      return { ...given, ...metadata };
  }
}

function functionError(payload: Json): StatesError {
  const text = JSON.stringify(payload);
  if (isJsonObject(payload) && typeof payload.errorType === 'string')
    return new StatesError(payload.errorType, text);
  return new StatesError(
    'Lambda.Unknown',
    `The cause could not be determined because Lambda did not return an error type. Returned payload: ${text}`,
  );
}

/** How the SDKs that AWS calls services with name a service and its errors. */
interface ServiceNames {
  /** Prefix of the error names of optimised integrations. */
  readonly prefix: string;
  /** The error that stands for all that the service's model does not name. */
  readonly base: string;
  readonly display: string;
  /** Prefix of the error names of `aws-sdk` integrations. */
  readonly sdk: string;
}

const SERVICE_NAMES: Readonly<Record<string, ServiceNames>> = {
  lambda: { prefix: 'Lambda', base: 'AWSLambdaException', display: 'AWSLambda', sdk: 'Lambda' },
  sqs: { prefix: 'SQS', base: 'AmazonSQSException', display: 'AmazonSQS', sdk: 'Sqs' },
  dynamodb: {
    prefix: 'DynamoDB',
    base: 'AmazonDynamoDBException',
    display: 'AmazonDynamoDBv2',
    sdk: 'DynamoDb',
  },
  states: {
    prefix: 'StepFunctions',
    base: 'AWSStepFunctionsException',
    display: 'AWSStepFunctions',
    sdk: 'Sfn',
  },
  events: {
    prefix: 'EventBridge',
    base: 'AmazonEventBridgeException',
    display: 'AmazonEventBridge',
    sdk: 'EventBridge',
  },
  secretsmanager: {
    prefix: 'SecretsManager',
    base: 'AWSSecretsManagerException',
    display: 'AWSSecretsManager',
    sdk: 'SecretsManager',
  },
};

/** Error codes that services answer although their models do not name them. */
const UNMODELLED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'SerializationException',
  'UnrecognizedClientException',
  'ValidationError',
  'ValidationException',
]);

const CLIENT_ERROR = 'SdkClientException';

/** A failed call as the error that Step Functions makes of it. */
export function callFailure(target: TaskTarget, error: unknown, requestId: string): StatesError {
  const names = SERVICE_NAMES[target.service] ?? unlistedService(target.service);
  const prefix = target.kind === 'aws-sdk' ? names.sdk : names.prefix;
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof AwsError) || error.code === CLIENT_ERROR)
    return new StatesError(`${prefix}.${CLIENT_ERROR}`, message);
  const { code, statusCode } = error;
  const base = target.kind === 'aws-sdk' ? `${names.sdk}Exception` : names.base;
  const name = UNMODELLED.has(code) ? base : code.endsWith('Exception') ? code : `${code}Exception`;
  const details =
    target.kind === 'aws-sdk'
      ? `(Service: ${names.sdk}, Status Code: ${statusCode}, Request ID: ${requestId})`
      : `(Service: ${names.display}; Status Code: ${statusCode}; Error Code: ${code}; Request ID: ${requestId}; Proxy: null)`;
  return new StatesError(`${prefix}.${name}`, `${message} ${details}`);
}

function unlistedService(service: string): ServiceNames {
  const sdk = upperFirst(service);
  return { prefix: sdk, base: `${sdk}Exception`, display: sdk, sdk };
}

function asText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function mapKeys(object: JsonObject, change: (key: string) => string): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [change(key), value]));
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

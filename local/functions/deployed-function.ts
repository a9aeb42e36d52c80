import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Assembly, AssemblyResource } from '../cloudformation/assembly.ts';
import { eventInvokeConfigSchema, functionSchema, propertiesOf } from '../cloudformation/resource-schemas.ts';
import type { FunctionCode } from './protocol.ts';

/** A function of the assembly, ready to be run. */
export interface DeployedFunction {
  readonly code: FunctionCode;
  readonly roleArn: string;
  /** Access key id by which the gateway recognises the function. */
  readonly accessKeyId: string;
  readonly timeoutMs: number;
  readonly reservedConcurrency?: number;
  /** How asynchronous invocations are retried and where their outcomes go. */
  readonly asynchronous: {
    readonly retries: number;
    readonly maximumAgeMs: number;
    readonly onSuccess?: string;
    readonly onFailure?: string;
    readonly deadLetters?: string;
  };
}

/** The functions of an assembly. */
export function functionsOf(assembly: Assembly, url: string): DeployedFunction[] {
  const configurations = assembly.resources
    .filter(({ type }) => type === 'AWS::Lambda::EventInvokeConfig')
    .map((resource) => propertiesOf(eventInvokeConfigSchema, resource));
  return assembly.resources
    .filter(({ type }) => type === 'AWS::Lambda::Function')
    .map((resource) => {
      const definition = propertiesOf(functionSchema, resource);
      const { name, arn = '' } = resource;
      const accessKeyId = `ASIA${createHash('sha256').update(arn).digest('hex').slice(0, 16).toUpperCase()}`;
      const [file, handler] = moduleOf(resource, definition, assembly);
      const asynchronous = configurations.find(
        ({ FunctionName }) => FunctionName === name || FunctionName === arn,
      );
      const { OnSuccess, OnFailure } = asynchronous?.DestinationConfig ?? {};
      const deadLetters = definition.DeadLetterConfig?.TargetArn;
      return {
        code: {
          arn,
          name,
          file,
          handler,
          memorySize: definition.MemorySize,
          environment: {
            ...runtimeEnvironment(resource, definition, assembly, file),
            AWS_ENDPOINT_URL: url,
            AWS_ACCESS_KEY_ID: accessKeyId,
            ...definition.Environment?.Variables,
          },
        },
        roleArn: definition.Role,
        accessKeyId,
        timeoutMs: definition.Timeout * 1000,
        ...(definition.ReservedConcurrentExecutions === undefined
          ? {}
          : { reservedConcurrency: definition.ReservedConcurrentExecutions }),
        asynchronous: {
          retries: asynchronous?.MaximumRetryAttempts ?? 2,
          maximumAgeMs: (asynchronous?.MaximumEventAgeInSeconds ?? 21_600) * 1000,
          ...(OnSuccess ? { onSuccess: OnSuccess.Destination } : {}),
          ...(OnFailure ? { onFailure: OnFailure.Destination } : {}),
          ...(deadLetters === undefined ? {} : { deadLetters }),
        },
      };
    });
}

type Definition = ReturnType<typeof functionSchema.parse>;

function runtimeEnvironment(
  { name }: AssemblyResource,
  definition: Definition,
  { region }: Assembly,
  file: string,
): Record<string, string> {
  return {
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_EXECUTION_ENV: `AWS_Lambda_${definition.Runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.MemorySize),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_REGION: region,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    LAMBDA_TASK_ROOT: join(file, '..'),
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    _HANDLER: definition.Handler,
  };
}

/** File and export name of a function's handler. */
function moduleOf(
  resource: AssemblyResource,
  { Code, Handler }: Definition,
  assembly: Assembly,
): [string, string] {
  const place = `${resource.stack}.${resource.logicalId}`;
  const dot = Handler.lastIndexOf('.');
  const folder =
    Code.ZipFile === undefined ? assembly.assets.get(Code.S3Key ?? '') : inlineFolder(Code.ZipFile);
  if (folder === undefined || !existsSync(folder) || !statSync(folder).isDirectory())
    throw new Error(`${place}: its code (${Code.S3Key}) is not a folder in the assembly`);
  for (const extension of ['.mjs', '.js', '.cjs']) {
    const file = join(folder, `${Handler.slice(0, dot)}${extension}`);
    if (existsSync(file)) return [file, Handler.slice(dot + 1)];
  }
  throw new Error(`${place}: there is no module for its handler ${Handler} in ${folder}`);
}

/** Inline code, written to a file as Lambda does. */
function inlineFolder(source: string): string {
  const folder = join(
    tmpdir(),
    'embedded-cloud',
    createHash('sha256').update(source).digest('hex').slice(0, 16),
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.js'), source);
  return folder;
}

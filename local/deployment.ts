import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Activity } from './activity.ts';
import type { AwsBackend } from './aws.ts';
import type { Meter } from './billing/meter.ts';
import type { Clock } from './clock.ts';
import type { Assembly, AssemblyResource } from './cloudformation/assembly.ts';
import {
  eventSourceMappingSchema,
  propertiesOf,
  secretSchema,
  ssmParameterSchema,
  stateMachineSchema,
} from './cloudformation/resource-schemas.ts';
import type { DataFolder } from './data/data-folder.ts';
import type { Database } from './dynamodb/database.ts';
import { DynamoDb, tablesOf } from './dynamodb/dynamodb.ts';
import { TimeToLive } from './dynamodb/time-to-live.ts';
import type { MappingOptions } from './event-sources/mapping.ts';
import { QueueMapping } from './event-sources/queue-mapping.ts';
import { StreamMapping } from './event-sources/stream-mapping.ts';
import { StreamReader } from './event-sources/stream-reader.ts';
import { Deliveries, pendingDelivery } from './events/deliveries.ts';
import { Rules } from './events/rules.ts';
import { keptSchedule, Scheduler } from './events/scheduler.ts';
import type { Faults } from './faults/faults.ts';
import { LAMBDA_CONCURRENCY, MOST_IN_FLIGHT, Quotas } from './faults/quotas.ts';
import { pendingInvocation } from './functions/asynchronous.ts';
import { type DeployedFunction, functionsOf } from './functions/deployed-function.ts';
import { Lambda } from './functions/lambda.ts';
import type { Logs } from './functions/logs.ts';
import type { WorkerThread } from './functions/worker-thread.ts';
import type { Issuer } from './http-api/issuer.ts';
import { ADMIN, Permissions } from './iam/permissions.ts';
import { roleTrust } from './iam/role-trust.ts';
import type { ResolvedCloudOptions } from './options.ts';
import { ParameterStore, SecretStore } from './parameters.ts';
import { randomUuid, seededRandom } from './random.ts';
import { keptMessage } from './sqs/kept-messages.ts';
import { Queues, queuesOf } from './sqs/queues.ts';
import { type ExecutionDescription, StepFunctions, statesWire } from './states/index.ts';
import { currentTrace, enterTrace, inTrace, traceRoots } from './trace.ts';
import type { Turns } from './turns.ts';
import { apiOf, type DeployedApi } from './wire/api.ts';
import { type Caller, Gateway } from './wire/gateway.ts';
import { Wire } from './wire/wire.ts';

/** What a deployment runs on. */
export interface Ground {
  readonly options: ResolvedCloudOptions;
  readonly url: string;
  readonly clock: Clock;
  readonly activity: Activity;
  readonly turns: Turns;
  readonly meter: Meter;
  readonly faults: Faults;
  readonly logs: Logs;
  readonly issuer: Issuer;
  readonly database: Database;
  readonly threads: readonly WorkerThread[];
  readonly data: DataFolder | undefined;
}

/** An assembly in operation. */
export interface Deployment {
  readonly wire: Wire;
  readonly permissions: Permissions;
  readonly api: DeployedApi | undefined;
  readonly newTrace: () => string;
  /** Goes on with what was left to do; call it once, when the wire answers. */
  resume(): void;
  /** Fires the rule or schedule whose name contains `part`; whether there is one. */
  fire(part: string): boolean;
  stop(): Promise<void>;
}

/**
 * Puts an assembly into operation.
 * @throws when something in it is not understood or would be refused by AWS
 */
export async function deploy(assembly: Assembly, ground: Ground): Promise<Deployment> {
  const { options, clock, activity, turns, meter, faults, logs, data, url } = ground;
  const { region, account, resources } = assembly;
  // Another sequence at every start from the same data: ids that were given out must not come again.
  const seed = options.seed + 0x9e3779b1 * (data?.countRun() ?? 0);
  const random = seededRandom(seed);
  const newUuid = () => randomUuid(random);
  const newTrace = traceRoots(() => clock.now());
  const place = { region, account };

  const tables = tablesOf(resources);
  const functions = functionsOf(assembly, url);
  const machines = resources.filter(({ type }) => type === 'AWS::StepFunctions::StateMachine');
  const secretArns = new Map(
    resources
      .filter(({ type }) => type === 'AWS::SecretsManager::Secret')
      .map(({ name, arn }) => [name, arn]),
  );
  const permissions = new Permissions(resources, account);
  const gateway = new Gateway({
    permissions,
    activity,
    faults,
    quotas: options.quotas ? new Quotas(clock) : undefined,
    access: {
      ...place,
      partitionKey: (table) => dynamoDb.tables.get(table)?.keyNames[0],
      stateMachineArns: () => machines.map(({ physicalId }) => physicalId),
      secretArn: (id) => secretArns.get(id) ?? [...secretArns.values()].find((arn) => arn?.startsWith(id)),
    },
  });

  const database = {
    send: (target: string, body: string) => turns.outside(() => ground.database.send(target, body)),
  };
  const dynamoDb = new DynamoDb(database, tables, { meter, ...place, now: () => clock.now() });
  gateway.register('dynamodb', (action, input) => dynamoDb.call(action, input));
  const queues = new Queues(queuesOf(resources), {
    meter,
    turns,
    url,
    ...place,
    shelf: data?.shelf('messages', keptMessage) ?? new Map(),
    mostInFlight: options.quotas ? MOST_IN_FLIGHT : undefined,
  });
  gateway.register('sqs', (action, input) => queues.call(action, input));
  const lambda = new Lambda({
    functions,
    qualifiedArns: new Set(
      resources.flatMap(({ type, arn }) =>
        arn !== undefined && (type === 'AWS::Lambda::Version' || type === 'AWS::Lambda::Alias') ? [arn] : [],
      ),
    ),
    threads: ground.threads,
    backend: gateway,
    billedDurationMs: options.billedDurationMs,
    concurrency: options.quotas ? LAMBDA_CONCURRENCY : undefined,
    clock,
    activity,
    turns,
    meter,
    faults,
    logs,
    newUuid,
    newTrace,
    shelf: data?.shelf('invocations', pendingInvocation) ?? new Map(),
  });
  gateway.register('lambda', (action, input, caller) => lambda.call(action, input, caller));
  gateway.watch((invocation) => lambda.lastCallOf(invocation));
  const deliveries = new Deliveries({
    gateway,
    clock,
    activity,
    newUuid,
    faults,
    warn: (text) => logs.write({ function: 'rules', text }),
    shelf: data?.shelf('deliveries', pendingDelivery) ?? new Map(),
  });
  const events = { resources, deliveries, clock, meter, ...place, newUuid, newTrace };
  const rules = new Rules({
    ...events,
    schedules: options.schedules,
    shelf: data?.shelf('rules', z.number()) ?? new Map(),
  });
  gateway.register('events', (action, input) => rules.call(action, input));
  const scheduler = new Scheduler({
    ...events,
    trust: roleTrust(resources, account),
    schedules: options.schedules,
    shelf: data?.shelf('schedules', keptSchedule) ?? new Map(),
  });
  gateway.register('scheduler', async (action, input) => scheduler.call(action, input));
  registerStores(gateway, assembly, ground);

  await Promise.all([dynamoDb.createTables(), queues.create()]);
  await queues.restore();
  const ttl = new TimeToLive(dynamoDb, clock, activity);
  if (data) for (const table of tables) ttl.watch(table);

  const engine = stateMachines(machines, assembly, {
    ground,
    gateway,
    rules,
    newTrace,
    // Of its own: how long retries wait does not depend on how many ids are drawn.
    random: seededRandom(seed + 1),
  });
  gateway.register('states', (action, body, { principal }) =>
    inTrace(currentTrace() ?? newTrace(), () => statesWire(engine, { action, body, principal })),
  );
  const api = apiOf(assembly, {
    gateway,
    clock,
    issuer: ground.issuer,
    newRequestId: () => {
      const id = newUuid();
      meter.name(id);
      return id;
    },
  });
  const mappings = eventSourceMappings(assembly, { ground, permissions, gateway, dynamoDb, queues, lambda });

  const callers = new Map<string, Caller>([['admin', { principal: ADMIN }]]);
  for (const { accessKeyId, roleArn, code } of functions)
    callers.set(accessKeyId, { principal: roleArn, session: code.name });
  return {
    wire: new Wire(gateway, callers),
    permissions,
    api,
    newTrace,
    resume: () => {
      engine.resume();
      lambda.resume();
      deliveries.resume();
      rules.resume();
      scheduler.resume();
      for (const mapping of mappings) mapping.wake();
    },
    fire: (part) => rules.fire(part) || scheduler.fire(part),
    stop: () => queues.stop(),
  };
}

/** SSM parameters and secrets, with the values given at the start in place of the template's. */
function registerStores(gateway: Gateway, assembly: Assembly, { options, clock, meter }: Ground): void {
  const parameters = new ParameterStore(assembly, () => clock.now());
  const secrets = new SecretStore(assembly, () => clock.now());
  for (const resource of assembly.resources) {
    const { type, name } = resource;
    if (type === 'AWS::SSM::Parameter') {
      const { Type, Value } = propertiesOf(ssmParameterSchema, resource);
      parameters.put(name, { value: options.ssm[name] ?? Value, type: Type });
    } else if (type === 'AWS::SecretsManager::Secret') {
      const initial = initialSecret(propertiesOf(secretSchema, resource), options.seed);
      secrets.put(name, options.secrets[name] ?? initial);
    }
  }
  gateway.register('ssm', (action, input) => parameters.call(action, input));
  gateway.register('secretsmanager', (action, input) => {
    meter.count({ service: 'secretsmanager', operation: action, unit: 'Request', resource: '', quantity: 1 });
    return secrets.call(action, input);
  });
}

/** What a secret holds at first: given text, or a generated password, alone or in a JSON object. */
function initialSecret(
  { SecretString, GenerateSecretString }: ReturnType<typeof secretSchema.parse>,
  seed: number,
): string {
  if (!GenerateSecretString) return SecretString ?? '';
  const { PasswordLength, GenerateStringKey, SecretStringTemplate } = GenerateSecretString;
  const random = seededRandom(seed);
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const password = Array.from(
    { length: PasswordLength },
    () => letters[Math.floor(random() * letters.length)],
  ).join('');
  if (GenerateStringKey === undefined) return password;
  return JSON.stringify({ ...JSON.parse(SecretStringTemplate ?? '{}'), [GenerateStringKey]: password });
}

function stateMachines(
  machines: readonly AssemblyResource[],
  assembly: Assembly,
  parts: { ground: Ground; gateway: AwsBackend; rules: Rules; newTrace: () => string; random: () => number },
): StepFunctions {
  const { ground, gateway, rules, newTrace, random } = parts;
  const { clock, activity, meter, data } = ground;
  const names = new Map(machines.map(({ physicalId, name }) => [physicalId, name]));
  const traces = new Map<string, string>();
  const kept = data?.executions();
  const count = (stateMachineArn: string, unit: string, trace: string | undefined) =>
    meter.count(
      {
        service: 'states',
        operation: unit,
        unit,
        resource: names.get(stateMachineArn) ?? stateMachineArn,
        quantity: 1,
      },
      trace,
    );
  const engine = new StepFunctions({
    clock,
    activity,
    backend: gateway,
    random,
    region: assembly.region,
    account: assembly.account,
    store: {
      load: () => kept?.load() ?? [],
      save: (record) => {
        // Saved after every step: a callback may have set the execution in motion, but what it does next is its
        // own doing.
        enterTrace(traces.get(record.arn));
        kept?.save(record);
      },
    },
    observer: {
      onExecutionStarted: ({ executionArn, name, stateMachineArn, type }) => {
        const trace = newTrace();
        traces.set(executionArn, trace);
        meter.begin(trace, name);
        if (type === 'EXPRESS') count(stateMachineArn, 'ExpressRequest', trace);
      },
      onTaskAnswered: ({ name }) => meter.name(name),
      onTransition: ({ executionArn, stateMachineArn, type }) => {
        if (type === 'STANDARD') count(stateMachineArn, 'StateTransition', traces.get(executionArn));
      },
      onExecutionStatusChange: (execution) => {
        if (execution.type === 'STANDARD')
          rules.emit(
            'aws.states',
            'Step Functions Execution Status Change',
            [execution.executionArn],
            statusDetail(execution),
          );
      },
    },
  });
  for (const machine of machines) {
    const { stack, logicalId, name, physicalId } = machine;
    const definition = propertiesOf(stateMachineSchema, machine);
    try {
      engine.load({
        arn: physicalId,
        name,
        roleArn: definition.RoleArn,
        type: definition.StateMachineType,
        definition: definitionOf(definition, assembly),
      });
    } catch (error) {
      throw new Error(`${stack}.${logicalId}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return engine;
}

function definitionOf(machine: ReturnType<typeof stateMachineSchema.parse>, { assets }: Assembly): unknown {
  const { Definition, DefinitionString, DefinitionS3Location, DefinitionSubstitutions } = machine;
  const asset = assets.get(DefinitionS3Location?.Key ?? '');
  const text =
    DefinitionString ?? (asset === undefined ? JSON.stringify(Definition) : readFileSync(asset, 'utf8'));
  return JSON.parse(
    text.replace(/\$\{([A-Za-z0-9_]+)\}/g, (whole, name: string) =>
      String(DefinitionSubstitutions[name] ?? whole),
    ),
  );
}

function statusDetail(execution: ExecutionDescription): Record<string, unknown> {
  const { executionArn, stateMachineArn, name, status, startDate, stopDate, input, output, error, cause } =
    execution;
  return {
    executionArn,
    stateMachineArn,
    name,
    status,
    startDate,
    stopDate: stopDate ?? null,
    input,
    output: output ?? null,
    error: error ?? null,
    cause: cause ?? null,
  };
}

function eventSourceMappings(
  { resources, region }: Assembly,
  parts: {
    ground: Ground;
    permissions: Permissions;
    gateway: Gateway;
    dynamoDb: DynamoDb;
    queues: Queues;
    lambda: Lambda;
  },
): readonly { wake(): void }[] {
  const { ground, gateway, dynamoDb, queues, lambda } = parts;
  const { clock, activity, turns, faults, data } = ground;
  const checkpoints = data?.shelf('checkpoints', z.string()) ?? new Map<string, string>();
  const byQueue = new Map<string, QueueMapping>();
  const readers = new Map<string, StreamReader>();
  for (const resource of resources) {
    if (resource.type !== 'AWS::Lambda::EventSourceMapping') continue;
    const where = `${resource.stack}.${resource.logicalId}`;
    const definition = propertiesOf(eventSourceMappingSchema, resource);
    if (!definition.Enabled) continue;
    const target = lambda.find(definition.FunctionName);
    const options: MappingOptions = {
      id: resource.physicalId,
      definition,
      target,
      lambda,
      backend: gateway,
      clock,
      activity,
      faults,
      region,
    };
    const queue = queues.byArn(definition.EventSourceArn);
    const table = [...dynamoDb.tables.values()].find(
      ({ streamArn }) => streamArn === definition.EventSourceArn,
    );
    const service = queue ? 'sqs' : 'dynamodb';
    for (const action of queue
      ? ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes']
      : ['DescribeStream', 'GetShardIterator', 'GetRecords']) {
      const access = { action: `${service}:${action}`, resource: definition.EventSourceArn };
      if (parts.permissions.denial(target.roleArn, access, target.code.name) !== undefined)
        throw new Error(
          `${where}: the function execution role does not have permissions to call ${access.action}`,
        );
    }
    if (queue) {
      refuseShortVisibility(where, queue.definition.VisibilityTimeout, target);
      byQueue.set(queue.name, new QueueMapping(options, queue, queues));
    } else if (table) {
      const reader = readers.get(table.name) ?? new StreamReader(table, dynamoDb, { clock, activity, turns });
      reader.subscribe(new StreamMapping(options, table, checkpoints));
      readers.set(table.name, reader);
    } else
      throw new Error(`${where}: ${definition.EventSourceArn} is neither a queue nor a stream of this app`);
  }
  queues.onChange(({ name }) => byQueue.get(name)?.wake());
  dynamoDb.onWrite(({ name }) => readers.get(name)?.wake());
  return [...byQueue.values(), ...readers.values()];
}

function refuseShortVisibility(
  where: string,
  visibilitySeconds: number,
  { timeoutMs }: DeployedFunction,
): void {
  if (visibilitySeconds * 1000 < timeoutMs)
    throw new Error(
      `${where}: queue visibility timeout: ${visibilitySeconds} seconds is less than function timeout: ${timeoutMs / 1000} seconds`,
    );
}

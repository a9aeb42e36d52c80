import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { MANAGEMENT_FLOW } from '#shared/domain/suborders.ts';
import { TABLES, type TableDefinition, type TableId } from '#shared/store/tables.ts';
import { FLOWS } from '#state-machines/catalogue.ts';
import { FUNCTIONS, type FunctionDefinition, type Permissions } from './functions.ts';
import {
  BULK_REPAIR_ARN,
  baseUrlArn,
  credentialArn,
  EXECUTION_ARN_PREFIX,
  FLOW_ARN_PREFIX,
  flowArn,
  functionArn,
  SYSTEMS_PREFIX,
  TIMER_GROUP,
  TIMERS_ARN,
} from './names.ts';
import type { Platform } from './platform.ts';
import { queueNamed } from './queues.ts';

const isTable = (id: string): id is TableId => id in TABLES;
const tablesOf = ({ tables = {} }: Permissions): readonly TableId[] => Object.keys(tables).filter(isTable);

/** Sends its segments to X-Ray, which knows no resources. */
export const traces = (): PolicyStatement =>
  new PolicyStatement({
    sid: 'Trace',
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    resources: ['*'],
  });

/** What a function may start. */
const STARTED = {
  'order-management': flowArn(MANAGEMENT_FLOW),
  'all-flows': `${FLOW_ARN_PREFIX}*`,
  'bulk-repair': BULK_REPAIR_ARN,
} as const satisfies Record<NonNullable<Permissions['starts']>, string>;

/** Who consumes which table's stream. */
const CONSUMERS = FUNCTIONS.flatMap(({ id, triggers }) =>
  triggers.flatMap((trigger) => (trigger.kind === 'stream' ? { id, table: trigger.table } : [])),
);

/** The role's statements for what a function may do; nothing else is ever added to it. */
export function statements({ may, triggers, id }: FunctionDefinition, platform: Platform): PolicyStatement[] {
  const {
    tables = {},
    indexes = [],
    system,
    sends = [],
    takes = [],
    starts,
    answers,
    wakesItself,
    publishes,
    handsOver,
    watches,
  } = may;
  const allow = (actions: readonly string[], ...resources: string[]) =>
    new PolicyStatement({ actions: [...actions], resources });
  return [
    ...tablesOf(may).flatMap((table) => {
      const actions = (tables[table] ?? []).map((action) => `dynamodb:${action}`);
      return actions.length > 0 ? [allow(actions, platform.tables[table].tableArn)] : [];
    }),
    ...indexes.map((table) => {
      const { tableArn } = platform.tables[table];
      return allow(['dynamodb:Query'], ...indexNames(table).map((index) => `${tableArn}/index/${index}`));
    }),
    ...(system
      ? [
          allow(['ssm:GetParameter'], baseUrlArn(system)),
          allow(['secretsmanager:GetSecretValue'], credentialArn(system)),
        ]
      : []),
    ...(sends.length > 0
      ? [allow(['sqs:SendMessage'], ...sends.map((queue) => platform.queue(queue).queueArn))]
      : []),
    ...(takes.length > 0
      ? [
          allow(
            ['sqs:ReceiveMessage', 'sqs:DeleteMessage'],
            ...takes.map((queue) => platform.queue(queue).queueArn),
          ),
        ]
      : []),
    ...(starts ? [allow(['states:StartExecution'], STARTED[starts])] : []),
    ...(answers
      ? [
          allow(
            answers.map((answer) => `states:SendTask${answer}`),
            `${FLOW_ARN_PREFIX}*`,
          ),
        ]
      : []),
    ...(wakesItself
      ? [
          allow(['scheduler:CreateSchedule'], TIMERS_ARN),
          new PolicyStatement({
            actions: ['iam:PassRole'],
            resources: [platform.timerRole.roleArn],
            conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
          }),
          // Where a wake-up goes that it could not take.
          allow(['sqs:SendMessage'], platform.queue('undelivered-events').queueArn),
        ]
      : []),
    ...(watches
      ? [
          allow(['states:ListExecutions'], `${FLOW_ARN_PREFIX}*`),
          allow(
            ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:RedriveExecution'],
            `${EXECUTION_ARN_PREFIX}*`,
          ),
        ]
      : []),
    ...(handsOver
      ? [
          allow(
            ['dynamodb:GetShardIterator', 'dynamodb:GetRecords'],
            ...new Set(CONSUMERS.map(({ table }) => streamArn(platform, table, id))),
          ),
          allow(['lambda:InvokeFunction'], ...new Set(CONSUMERS.map((consumer) => functionArn(consumer.id)))),
        ]
      : []),
    ...(publishes ? [allow(['events:PutEvents'], platform.bus.eventBusArn)] : []),
    ...triggers.flatMap((trigger) => {
      if (trigger.kind === 'queue')
        return [
          allow(
            ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
            platform.queue(trigger.queue).queueArn,
          ),
        ];
      if (trigger.kind === 'stream')
        return [
          allow(
            ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
            streamArn(platform, trigger.table, id),
          ),
          allow(['sqs:SendMessage'], platform.queue('undelivered-events').queueArn),
        ];
      return [];
    }),
  ];
}

/** The environment that follows from what a function may do. */
export function environment({ may, id }: FunctionDefinition, platform: Platform): Record<string, string> {
  const { system, sends = [], takes = [], starts, wakesItself, publishes, watches } = may;
  return {
    ...Object.fromEntries(
      tablesOf(may).map((table) => [TABLES[table].environment, platform.tables[table].tableName]),
    ),
    ...(system && { SYSTEMS_PREFIX }),
    ...Object.fromEntries(
      [...sends, ...takes].flatMap((queue) => {
        const { environment: variable } = queueNamed(queue);
        return variable ? [[variable, platform.queue(queue).queueUrl]] : [];
      }),
    ),
    ...(starts === 'order-management' && { ORDER_MANAGEMENT_ARN: flowArn(MANAGEMENT_FLOW) }),
    ...(starts === 'all-flows' && { FLOW_ARN_PREFIX }),
    ...(starts === 'bulk-repair' && { BULK_REPAIR_ARN }),
    ...(wakesItself && {
      TIMER_GROUP,
      TIMER_TARGET_ARN: functionArn(id),
      TIMER_ROLE_ARN: platform.timerRole.roleArn,
    }),
    ...(watches && { FLOWS: FLOWS.map((flow) => flow.id).join(',') }),
    ...(publishes && { BUS_NAME: platform.bus.eventBusName }),
    POWERTOOLS_SERVICE_NAME: id,
    POWERTOOLS_METRICS_NAMESPACE: 'Milepost',
  };
}

/** @throws Error when the table has no stream */
export function streamArn(platform: Platform, table: TableId, reader: string): string {
  const { tableStreamArn } = platform.tables[table];
  if (!tableStreamArn) throw new Error(`${reader} reads the stream of ${table}, which has none`);
  return tableStreamArn;
}

const indexNames = (table: TableId): string[] => {
  const definition: TableDefinition = TABLES[table];
  return Object.keys(definition.indexes ?? {});
};

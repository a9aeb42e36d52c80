import * as z from 'zod';

/**
 * The properties of the resource types that do something here. A property that is not listed is refused; one
 * that is `ignored` changes nothing on one machine (encryption, log settings, tags, backups).
 */
const ignored = z.unknown().optional();
const integer = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]);
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
const strings = z.array(z.string());
const policyDocument = z.unknown();

const keySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const projection = z.strictObject({
  ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
  NonKeyAttributes: strings.optional(),
});
const streamViewType = z.enum(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']);
const tableShared = {
  TableName: z.string().optional(),
  AttributeDefinitions: z.array(
    z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  KeySchema: keySchema,
  BillingMode: z.enum(['PAY_PER_REQUEST', 'PROVISIONED']).optional(),
  GlobalSecondaryIndexes: z
    .array(
      z.strictObject({
        IndexName: z.string(),
        KeySchema: keySchema,
        Projection: projection,
        ProvisionedThroughput: ignored,
        OnDemandThroughput: ignored,
        WarmThroughput: ignored,
        WriteOnDemandThroughputSettings: ignored,
        WriteProvisionedThroughputSettings: ignored,
        ContributorInsightsSpecification: ignored,
      }),
    )
    .default([]),
  LocalSecondaryIndexes: z
    .array(z.strictObject({ IndexName: z.string(), KeySchema: keySchema, Projection: projection }))
    .default([]),
  StreamSpecification: z.strictObject({ StreamViewType: streamViewType, ResourcePolicy: ignored }).optional(),
  TimeToLiveSpecification: z.strictObject({ AttributeName: z.string().optional(), Enabled: flag }).optional(),
  SSESpecification: ignored,
  WarmThroughput: ignored,
};
/** `AWS::DynamoDB::Table` and `AWS::DynamoDB::GlobalTable`. */
export const tableSchema = z.strictObject({
  ...tableShared,
  Replicas: z.array(z.looseObject({})).max(1, 'only one replica is supported').optional(),
  ContributorInsightsSpecification: ignored,
  DeletionProtectionEnabled: ignored,
  OnDemandThroughput: ignored,
  PointInTimeRecoverySpecification: ignored,
  ProvisionedThroughput: ignored,
  TableClass: ignored,
  Tags: ignored,
  WriteOnDemandThroughputSettings: ignored,
  WriteProvisionedThroughputSettings: ignored,
});

const redrivePolicy = z.union([
  z.strictObject({ deadLetterTargetArn: z.string(), maxReceiveCount: integer }),
  z
    .string()
    .transform((text) =>
      z.parse(
        z.strictObject({ deadLetterTargetArn: z.string(), maxReceiveCount: integer }),
        JSON.parse(text),
      ),
    ),
]);
export const queueSchema = z.strictObject({
  QueueName: z.string().optional(),
  VisibilityTimeout: integer.default(30),
  MessageRetentionPeriod: integer.default(345_600),
  DelaySeconds: integer.default(0),
  ReceiveMessageWaitTimeSeconds: integer.default(0),
  MaximumMessageSize: integer.default(1_048_576),
  RedrivePolicy: redrivePolicy.optional(),
  FifoQueue: flag.default(false),
  ContentBasedDeduplication: flag.default(false),
  DeduplicationScope: ignored,
  FifoThroughputLimit: ignored,
  KmsDataKeyReusePeriodSeconds: ignored,
  KmsMasterKeyId: ignored,
  RedriveAllowPolicy: ignored,
  SqsManagedSseEnabled: ignored,
  Tags: ignored,
});
export const queuePolicySchema = z.strictObject({ Queues: strings, PolicyDocument: policyDocument });

export const roleSchema = z.strictObject({
  RoleName: z.string().optional(),
  AssumeRolePolicyDocument: policyDocument,
  ManagedPolicyArns: strings.default([]),
  Policies: z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument: policyDocument })).default([]),
  Description: ignored,
  MaxSessionDuration: ignored,
  Path: ignored,
  Tags: ignored,
});
export const policySchema = z.strictObject({
  PolicyName: z.string().optional(),
  ManagedPolicyName: z.string().optional(),
  PolicyDocument: policyDocument,
  Roles: strings.default([]),
  Description: ignored,
  Path: ignored,
});

const deadLetter = z.strictObject({ Arn: z.string().optional(), TargetArn: z.string().optional() });
export const functionSchema = z.strictObject({
  FunctionName: z.string().optional(),
  Handler: z.string(),
  Runtime: z.string().regex(/^nodejs/, 'only Node.js runtimes are supported'),
  Role: z.string(),
  Code: z.strictObject({
    S3Bucket: z.string().optional(),
    S3Key: z.string().optional(),
    ZipFile: z.string().optional(),
  }),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.string()).default({}) }).optional(),
  Timeout: integer.default(3),
  MemorySize: integer.default(128),
  ReservedConcurrentExecutions: integer.optional(),
  DeadLetterConfig: deadLetter.optional(),
  Architectures: ignored,
  Description: ignored,
  EphemeralStorage: ignored,
  KmsKeyArn: ignored,
  LoggingConfig: ignored,
  RecursiveLoop: ignored,
  RuntimeManagementConfig: ignored,
  SnapStart: ignored,
  Tags: ignored,
  TracingConfig: ignored,
});
const destinations = z.strictObject({
  OnFailure: z.strictObject({ Destination: z.string() }).optional(),
  OnSuccess: z.strictObject({ Destination: z.string() }).optional(),
});
export const eventInvokeConfigSchema = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.string(),
  MaximumRetryAttempts: integer.default(2),
  MaximumEventAgeInSeconds: integer.default(21_600),
  DestinationConfig: destinations.optional(),
});
export const permissionSchema = z.strictObject({
  Action: z.string(),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.string().optional(),
});
export const aliasSchema = z.strictObject({
  Name: z.string(),
  FunctionName: z.string(),
  FunctionVersion: z.string(),
  Description: ignored,
  ProvisionedConcurrencyConfig: ignored,
});
export const versionSchema = z.strictObject({
  FunctionName: z.string(),
  CodeSha256: ignored,
  Description: ignored,
  ProvisionedConcurrencyConfig: ignored,
});
const filters = z.strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string() })) });
export const eventSourceMappingSchema = z.strictObject({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  Enabled: flag.default(true),
  BatchSize: integer.optional(),
  MaximumBatchingWindowInSeconds: integer.default(0),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  FilterCriteria: filters.optional(),
  ScalingConfig: z.strictObject({ MaximumConcurrency: integer.optional() }).optional(),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']).optional(),
  BisectBatchOnFunctionError: flag.default(false),
  MaximumRetryAttempts: z.int().default(-1),
  MaximumRecordAgeInSeconds: z.int().default(-1),
  ParallelizationFactor: integer.default(1),
  DestinationConfig: destinations.optional(),
  KmsKeyArn: ignored,
  LoggingConfig: ignored,
  MetricsConfig: ignored,
  Tags: ignored,
});

export const stateMachineSchema = z.strictObject({
  StateMachineName: z.string().optional(),
  StateMachineType: z.enum(['STANDARD', 'EXPRESS']).default('STANDARD'),
  RoleArn: z.string(),
  DefinitionString: z.string().optional(),
  Definition: z.unknown().optional(),
  DefinitionS3Location: z.strictObject({ Bucket: z.string(), Key: z.string() }).optional(),
  DefinitionSubstitutions: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  EncryptionConfiguration: ignored,
  LoggingConfiguration: ignored,
  Tags: ignored,
  TracingConfiguration: ignored,
});

export const eventBusSchema = z.strictObject({
  Name: z.string(),
  DeadLetterConfig: ignored,
  Description: ignored,
  KmsKeyIdentifier: ignored,
  LogConfig: ignored,
  Tags: ignored,
});
const retryPolicy = z.strictObject({
  MaximumRetryAttempts: integer.default(185),
  MaximumEventAgeInSeconds: integer.default(86_400),
});
/** What both rules and schedules say about a target. */
export const deliveryTarget = z.object({
  Arn: z.string(),
  RetryPolicy: retryPolicy.optional(),
  DeadLetterConfig: deadLetter.optional(),
  SqsParameters: z.strictObject({ MessageGroupId: z.string() }).optional(),
});
const ruleTarget = z.strictObject({
  ...deliveryTarget.shape,
  Id: z.string(),
  RoleArn: z.string().optional(),
  Input: z.string().optional(),
  InputPath: z.string().optional(),
  InputTransformer: z
    .strictObject({ InputPathsMap: z.record(z.string(), z.string()).optional(), InputTemplate: z.string() })
    .optional(),
});
/** One target of a rule. */
export type RuleTarget = z.output<typeof ruleTarget>;
export const ruleSchema = z.strictObject({
  Name: z.string().optional(),
  EventBusName: z.string().optional(),
  EventPattern: z.unknown().optional(),
  ScheduleExpression: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS']).default('ENABLED'),
  Targets: z.array(ruleTarget).default([]),
  Description: ignored,
  Tags: ignored,
});
export const scheduleSchema = z.strictObject({
  Name: z.string().optional(),
  GroupName: z.string().optional(),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().optional(),
  StartDate: z.iso.datetime({ offset: true }).optional(),
  EndDate: z.iso.datetime({ offset: true }).optional(),
  State: z.enum(['ENABLED', 'DISABLED']).optional(),
  FlexibleTimeWindow: z.unknown(),
  Target: z.unknown(),
  Description: z.string().optional(),
  KmsKeyArn: z.string().optional(),
});

export const apiSchema = z.strictObject({
  Name: z.string().optional(),
  ProtocolType: z.literal('HTTP'),
  CorsConfiguration: z
    .strictObject({
      AllowOrigins: strings.optional(),
      AllowMethods: strings.optional(),
      AllowHeaders: strings.optional(),
      ExposeHeaders: strings.optional(),
      AllowCredentials: flag.optional(),
      MaxAge: integer.optional(),
    })
    .optional(),
  Description: ignored,
  DisableExecuteApiEndpoint: ignored,
  IpAddressType: ignored,
  Tags: ignored,
  Version: ignored,
});
export const stageSchema = z.strictObject({
  ApiId: z.string(),
  StageName: z.string(),
  StageVariables: z.record(z.string(), z.string()).default({}),
  AutoDeploy: ignored,
  AccessLogSettings: ignored,
  DefaultRouteSettings: ignored,
  DeploymentId: ignored,
  Description: ignored,
  RouteSettings: ignored,
  Tags: ignored,
});
export const integrationSchema = z.strictObject({
  ApiId: z.string(),
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0'),
  CredentialsArn: z.string().optional(),
  IntegrationMethod: ignored,
  Description: ignored,
  TimeoutInMillis: ignored,
});
export const routeSchema = z.strictObject({
  ApiId: z.string(),
  RouteKey: z.string(),
  Target: z.string(),
  AuthorizationType: z.enum(['NONE', 'JWT']).default('NONE'),
  AuthorizerId: z.string().optional(),
  AuthorizationScopes: strings.default([]),
  OperationName: ignored,
});
export const authorizerSchema = z.strictObject({
  ApiId: z.string(),
  Name: z.string(),
  AuthorizerType: z.literal('JWT'),
  IdentitySource: strings,
  JwtConfiguration: z.strictObject({ Audience: strings, Issuer: z.string() }),
});

export const ssmParameterSchema = z.strictObject({
  Name: z.string().optional(),
  Type: z.enum(['String', 'StringList']),
  Value: z.string(),
  AllowedPattern: ignored,
  DataType: ignored,
  Description: ignored,
  Policies: ignored,
  Tags: ignored,
  Tier: ignored,
});
export const secretSchema = z.strictObject({
  Name: z.string().optional(),
  SecretString: z.string().optional(),
  GenerateSecretString: z
    .strictObject({
      SecretStringTemplate: z.string().optional(),
      GenerateStringKey: z.string().optional(),
      PasswordLength: integer.default(32),
      ExcludeCharacters: ignored,
      ExcludeLowercase: ignored,
      ExcludeNumbers: ignored,
      ExcludePunctuation: ignored,
      ExcludeUppercase: ignored,
      IncludeSpace: ignored,
      RequireEachIncludedType: ignored,
    })
    .optional(),
  Description: ignored,
  KmsKeyId: ignored,
  ReplicaRegions: ignored,
  Tags: ignored,
});

/**
 * The properties of a resource as its schema reads them.
 * @throws when there is one that is not understood, naming resource and property
 */
export function propertiesOf<T>(
  schema: z.ZodType<T>,
  resource: { readonly stack: string; readonly logicalId: string; readonly properties: unknown },
): T {
  const parsed = schema.safeParse(resource.properties);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ message, path }) => `${message} ${path.join('.')}`.trim());
  throw new Error(`${resource.stack}.${resource.logicalId}: ${issues.join('; ')}`);
}

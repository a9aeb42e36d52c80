import { Aws } from 'aws-cdk-lib';

/** First part of every name that is fixed; one deployment per account and region. */
const PREFIX = 'milepost';

/** Where base URLs and credentials of the underlying systems are kept. */
export const SYSTEMS_PREFIX = `/${PREFIX}/systems`;

const arn = (service: string, resource: string) =>
  `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;

const charset = (id: string) => id.replaceAll(/[./]/g, '_');

/**
 * Functions and state machines refer to each other by name, not by CloudFormation export: their stacks have no
 * cycles, and one that is renamed or removed does not hold back the stack of another.
 */
export const functionName = (id: string) => `${PREFIX}-${charset(id)}`;

/** What every function's ARN begins with. */
export const FUNCTION_ARN_PREFIX = arn('lambda', `function:${PREFIX}-`);

/** A function's ARN without the common prefix. */
export const functionArnSuffix = (id: string) => charset(id);

export const functionArn = (id: string) => FUNCTION_ARN_PREFIX + functionArnSuffix(id);

const FLOW_PREFIX = `${PREFIX}-flow_`;

/** A flow's state machine, such as `milepost-flow_set-top-box_create`. */
export const flowName = (flow: string) => FLOW_PREFIX + charset(flow);

/** The flow's id with underscores is appended. */
export const FLOW_ARN_PREFIX = arn('states', `stateMachine:${FLOW_PREFIX}`);

/** What the ARN of every execution of a flow begins with. */
export const EXECUTION_ARN_PREFIX = arn('states', `execution:${FLOW_PREFIX}`);

export const flowArn = (flow: string) => FLOW_ARN_PREFIX + charset(flow);

/** Log groups of state machines: this prefix keeps AWS from writing each of them into one resource policy of limited size. */
export const stateMachineLogs = (stack: string) => `/aws/vendedlogs/states/${PREFIX}-${stack}`;

export const CORRESPONDENCE_NAME = `${PREFIX}-correspondence`;
export const CORRESPONDENCE_ARN = arn('states', `stateMachine:${CORRESPONDENCE_NAME}`);

export const BULK_REPAIR_NAME = `${PREFIX}-bulk-repair`;
export const BULK_REPAIR_ARN = arn('states', `stateMachine:${BULK_REPAIR_NAME}`);

export const queueName = (id: string) => `${PREFIX}-${id}`;

export const BUS_NAME = PREFIX;
export const CORRESPONDENCE_RULE = `${PREFIX}-correspondence`;
/** ARNs of all rules on the product's bus. */
export const BUS_RULES = arn('events', `rule/${PREFIX}/*`);

export const TIMER_GROUP = `${PREFIX}-timers`;
export const TIMERS_ARN = arn('scheduler', `schedule/${TIMER_GROUP}/*`);

export const baseUrlName = (system: string) => `${SYSTEMS_PREFIX}/${system}/base-url`;
export const baseUrlArn = (system: string) => arn('ssm', `parameter${baseUrlName(system)}`);

export const credentialName = (system: string) => `${SYSTEMS_PREFIX}/${system}/credential`;
/** Secrets Manager appends a hyphen and six characters to a secret's name. */
export const credentialArn = (system: string) =>
  arn('secretsmanager', `secret:${credentialName(system)}-??????`);

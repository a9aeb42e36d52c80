import * as z from 'zod';
import type { Grant } from '../admin/admin-model.ts';
import { AwsError } from '../aws.ts';
import { parseArn } from '../cloudformation/arn.ts';
import type { AssemblyResource } from '../cloudformation/assembly.ts';
import {
  permissionSchema,
  policySchema,
  propertiesOf,
  queuePolicySchema,
  roleSchema,
} from '../cloudformation/resource-schemas.ts';
import { evaluate, type Policy, type PolicyKind, parsePolicy, type StatementReference } from './policies.ts';

/** Caller that is allowed everything: tools and tests. */
export const ADMIN = 'admin';

/** Something to be done that needs permission. */
export interface Access {
  /** Such as `sqs:SendMessage`. */
  readonly action: string;
  /** ARN, or `*`; of a list, any one will do. */
  readonly resource: string | readonly string[];
  readonly context?: Readonly<Record<string, string | string[]>>;
}

/** Amazon's own policies that allow nothing which the embedded cloud has. */
const harmlessPolicies = new Set([
  'AmazonAPIGatewayPushToCloudWatchLogs',
  'AWSLambdaBasicExecutionRole',
  'AWSLambdaVPCAccessExecutionRole',
  'AWSXRayDaemonWriteAccess',
  'CloudWatchLambdaInsightsExecutionRolePolicy',
]);

const rememberedDecisions = 20_000;
const conditions = z.object({
  Statement: z
    .union([z.array(z.unknown()), z.unknown().transform((one) => [one])])
    .pipe(
      z.array(z.object({ Condition: z.record(z.string(), z.record(z.string(), z.unknown())).default({}) })),
    ),
});

/** The policies of a cloud assembly: who may do what. */
export class Permissions {
  readonly #roles = new Map<string, Policy[]>();
  readonly #resources = new Map<string, Policy[]>();
  readonly #account: string;
  /** Condition keys that any policy looks at, also as variables, in lower case: no others make a difference. */
  readonly #conditionKeys = new Set<string>();
  /** All that the policies allow, by {@link grantKey}. */
  readonly #grants = new Map<string, Grant>();
  /** Why each access that was asked for was denied, if it was. */
  readonly #denials = new Map<string, string | undefined>();

  constructor(resources: readonly AssemblyResource[], account: string) {
    this.#account = account;
    const roleArns = new Map<string, string>();
    const managed = new Map<string, AssemblyResource>();
    for (const resource of resources) {
      if (resource.type === 'AWS::IAM::Role' && resource.arn) roleArns.set(resource.name, resource.arn);
      if (resource.type === 'AWS::IAM::ManagedPolicy' && resource.arn) managed.set(resource.arn, resource);
    }
    for (const resource of resources) {
      switch (resource.type) {
        case 'AWS::IAM::Role':
          this.#addRole(resource, managed);
          break;
        case 'AWS::IAM::Policy':
        case 'AWS::IAM::ManagedPolicy': {
          const { PolicyDocument, Roles } = propertiesOf(policySchema, resource);
          for (const role of Roles) this.#grant(roleArns.get(role) ?? role, resource.name, PolicyDocument);
          break;
        }
        case 'AWS::SQS::QueuePolicy': {
          const { PolicyDocument, Queues } = propertiesOf(queuePolicySchema, resource);
          const policy = this.#parse(PolicyDocument, resource.logicalId, 'resource');
          for (const url of Queues)
            this.#attach(resources.find(({ physicalId }) => physicalId === url)?.arn ?? url, policy);
          break;
        }
        case 'AWS::Lambda::Permission':
          this.#addPermission(resource, resources);
      }
    }
  }

  /**
   * @param principal a role's ARN, a service such as `events.amazonaws.com`, or {@link ADMIN}
   * @param session who uses the role, for the message
   * @throws AwsError AccessDeniedException, in the words of AWS
   */
  check(principal: string, accesses: readonly Access[], session = 'embedded-cloud'): void {
    if (principal === ADMIN) return;
    for (const access of accesses) {
      const denied = this.denial(principal, access, session);
      if (denied === undefined) continue;
      // Lambda speaks REST, all others here speak JSON, where it is 400.
      throw new AwsError('AccessDeniedException', denied, access.action.startsWith('lambda:') ? 403 : 400);
    }
  }

  /** Why something is not allowed; undefined when it is. */
  denial(principal: string, access: Access, session: string): string | undefined {
    const context = Object.fromEntries(
      Object.entries(access.context ?? {}).filter(([key]) => this.#conditionKeys.has(key.toLowerCase())),
    );
    const key = JSON.stringify([principal, access.action, access.resource, context, session]);
    if (!this.#denials.has(key)) {
      if (this.#denials.size >= rememberedDecisions) this.#denials.clear();
      this.#denials.set(key, this.#evaluate(principal, { ...access, context }, session));
    }
    return this.#denials.get(key);
  }

  /** Everything that the policies allow, and whether anything has made use of it yet. */
  grants(): Grant[] {
    return [...this.#grants.values()];
  }

  #evaluate(principal: string, access: Access, session: string): string | undefined {
    const isRole = principal.startsWith('arn:');
    const decisions = [access.resource].flat().map((resource) => {
      const attached = unqualified(resource);
      const decision = evaluate(
        [...(this.#roles.get(principal) ?? []), ...(this.#resources.get(attached) ?? [])],
        {
          action: access.action,
          resource,
          context: { 'aws:SecureTransport': 'true', 'aws:PrincipalArn': principal, ...access.context },
          principal: isRole ? { type: 'AWS', id: principal } : { type: 'Service', id: principal },
        },
      );
      if (decision.allowed) this.#markUsed([nameOfRole(principal), attached], decision.applicable);
      return decision;
    });
    if (decisions.some(({ allowed }) => allowed)) return undefined;
    const user = isRole
      ? `arn:aws:sts::${this.#account}:assumed-role/${principal.split('/').at(-1)}/${session}`
      : principal;
    const because = decisions.some(({ reason }) => reason === 'explicit-deny')
      ? 'with an explicit deny in a policy'
      : `because no ${isRole ? 'identity' : 'resource'}-based policy allows the ${access.action} action`;
    return `User: ${user} is not authorized to perform: ${access.action} on resource: ${[access.resource].flat()[0]} ${because}`;
  }

  /** Marks what these statements allow through the patterns that covered a call. */
  #markUsed(holders: readonly string[], statements: readonly StatementReference[]): void {
    for (const { policy, index, actionPattern, resourcePattern } of statements)
      for (const holder of holders) {
        const key = grantKey(holder, policy, index, actionPattern, resourcePattern);
        const grant = this.#grants.get(key);
        if (grant) this.#grants.set(key, { ...grant, used: true });
      }
  }

  #addRole(resource: AssemblyResource, managed: ReadonlyMap<string, AssemblyResource>): void {
    const { ManagedPolicyArns, Policies } = propertiesOf(roleSchema, resource);
    const roleArn = resource.arn ?? resource.name;
    for (const arn of ManagedPolicyArns) {
      const own = managed.get(arn);
      if (own) this.#grant(roleArn, own.name, propertiesOf(policySchema, own).PolicyDocument);
      else if (!harmlessPolicies.has(arn.split('/').at(-1) ?? ''))
        throw new Error(
          `${resource.stack}.${resource.logicalId}: the managed policy ${arn} is not known here`,
        );
    }
    for (const { PolicyName, PolicyDocument } of Policies) this.#grant(roleArn, PolicyName, PolicyDocument);
  }

  #parse(document: unknown, name: string, kind: PolicyKind): Policy {
    const policy = parsePolicy(document, name, kind);
    for (const { Condition } of conditions.parse(document).Statement)
      for (const tests of Object.values(Condition))
        for (const key of Object.keys(tests)) this.#conditionKeys.add(key.toLowerCase());
    for (const [, variable = ''] of JSON.stringify(document).matchAll(/\$\{([^},\s]+)/g))
      this.#conditionKeys.add(variable.toLowerCase());
    return policy;
  }

  #grant(roleArn: string, name: string, document: unknown): void {
    const policy = this.#parse(document, name, 'identity');
    append(this.#roles, roleArn, policy);
    this.#list(nameOfRole(roleArn), policy);
  }

  /** Attaches a policy to a resource. */
  #attach(arn: string, policy: Policy): void {
    append(this.#resources, arn, policy);
    this.#list(arn, policy);
  }

  /** Puts what a policy allows on the list of grants. */
  #list(holder: string, { name, statements }: Policy): void {
    for (const { reference, actions, resources } of statements) {
      if (reference.effect !== 'Allow') continue;
      const { index, sid } = reference;
      for (const action of actions.length > 0 ? actions : [undefined])
        for (const resource of resources.length > 0 ? resources : [undefined])
          this.#grants.set(grantKey(holder, name, index, action, resource), {
            holder,
            policy: name,
            statement: sid ?? String(index),
            action: action ?? 'NotAction',
            resource: resource ?? 'NotResource',
            used: false,
          });
    }
  }

  #addPermission(resource: AssemblyResource, resources: readonly AssemblyResource[]): void {
    const permission = propertiesOf(permissionSchema, resource);
    const named = resources.find(
      ({ type, name }) => type === 'AWS::Lambda::Function' && name === permission.FunctionName,
    );
    const functionArn = unqualified(named?.arn ?? permission.FunctionName);
    const { SourceArn, SourceAccount } = permission;
    const conditions = {
      ...(SourceArn === undefined ? {} : { ArnLike: { 'aws:SourceArn': SourceArn } }),
      ...(SourceAccount === undefined ? {} : { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
    };
    const principal = permission.Principal.endsWith('.amazonaws.com')
      ? { Service: permission.Principal }
      : { AWS: permission.Principal };
    const document = {
      Statement: {
        Effect: 'Allow',
        Principal: principal,
        Action: permission.Action,
        // Attached to the function, so it is about the function and its versions and aliases.
        Resource: '*',
        ...(Object.keys(conditions).length > 0 ? { Condition: conditions } : {}),
      },
    };
    this.#attach(functionArn, this.#parse(document, resource.logicalId, 'resource'));
  }
}

/** A function's ARN without version or alias; any other ARN as it is. */
export function unqualified(arn: string): string {
  const parts = parseArn(arn);
  return parts?.[2] === 'lambda' ? arn.split(':').slice(0, 7).join(':') : arn;
}

const nameOfRole = (arn: string): string => arn.split('/').at(-1) ?? arn;

function grantKey(
  holder: string,
  policy: string,
  index: number,
  action: string | undefined,
  resource: string | undefined,
): string {
  return JSON.stringify([holder, policy, index, action, resource]);
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

import { type AccessContext, accessesOf } from './accesses.ts';
import type { Activity } from './activity.ts';
import { type AwsBackend, type AwsCall, AwsError } from './aws.ts';
import type { Faults } from './faults.ts';
import { ADMIN, type Permissions } from './permissions.ts';
import type { Quotas } from './quotas.ts';

type Input = Readonly<Record<string, unknown>>;

/** Answers the calls of one AWS service. */
export type Service = (action: string, input: Input, caller: Caller) => Promise<unknown>;

/** Who makes a call. */
export interface Caller {
  /** A role's ARN, a service such as `events.amazonaws.com`, or {@link ADMIN}. */
  readonly principal: string;
  /** Who uses the role: the function's name. */
  readonly session?: string;
  /** ARN of what makes a service call, such as the rule: `aws:SourceArn` of conditions. */
  readonly sourceArn?: string;
}

export interface GatewayOptions {
  readonly permissions: Permissions;
  readonly access: AccessContext;
  readonly activity: Activity;
  readonly faults: Faults;
  /** Without them nothing is throttled. */
  readonly quotas?: Quotas | undefined;
}

/** The one way to every service: checks permission, injects faults, and hands on. */
export class Gateway implements AwsBackend {
  readonly #services = new Map<string, Service>();
  readonly #options: GatewayOptions;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /** Makes a service known by the prefix that IAM gives it. */
  register(prefix: string, service: Service): void {
    this.#services.set(prefix, service);
  }

  async call({ principal, service, action, input }: AwsCall): Promise<unknown> {
    return this.callAs({ principal }, service, action, input);
  }

  /** @throws AwsError as AWS answers it */
  async callAs(caller: Caller, service: string, action: string, input: Input): Promise<unknown> {
    const { permissions, access, activity, faults, quotas } = this.#options;
    const answer = this.#services.get(service);
    if (!answer) throw new AwsError('UnknownOperationException', `${service}:${action} is not supported`);
    return activity.during(async () => {
      const accesses = accessesOf(service, action, input, access).map((needed) =>
        caller.sourceArn === undefined
          ? needed
          : {
              ...needed,
              context: {
                ...needed.context,
                'aws:SourceArn': caller.sourceArn,
                'aws:SourceAccount': access.account,
              },
            },
      );
      permissions.check(caller.principal, accesses, caller.session);
      if (caller.principal !== ADMIN && faults.strikes('throttle', `${service}:${action}`))
        throw new AwsError('ThrottlingException', 'Rate exceeded');
      quotas?.take(service, action);
      return answer(action, input, caller);
    });
  }
}

import type { Activity } from '../activity.ts';
import { type AwsBackend, type AwsCall, AwsError } from '../aws.ts';
import { placeOf } from '../faults/fault-place.ts';
import type { Faults } from '../faults/faults.ts';
import type { Quotas } from '../faults/quotas.ts';
import { type AccessContext, accessesOf } from '../iam/accesses.ts';
import { ADMIN, type Permissions } from '../iam/permissions.ts';

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
  /** The invocation of a function that makes the call, as its trace header says. */
  readonly invocation?: string;
}

/** What becomes of a call of an invocation whose process ends at it. */
export interface LastCall {
  /** Whether it is still made. */
  readonly isMade: boolean;
  /** Ends the invocation. */
  end(): void;
}

/** Looks at every call that an invocation makes; answers when its process is to end at this one. */
export type CallWatcher = (invocation: string) => LastCall | undefined;

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
  #watcher: CallWatcher = () => undefined;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /** Has a watcher look at every call of functions. */
  watch(watcher: CallWatcher): void {
    this.#watcher = watcher;
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
    const isWatched = caller.invocation !== undefined && !KEPT_BETWEEN_INVOCATIONS.has(service);
    const last = isWatched ? this.#watcher(caller.invocation) : undefined;
    if (!last) return this.#perform(caller, service, action, input);
    // Whatever it answers, nobody is there any more to hear it.
    if (last.isMade) await this.#perform(caller, service, action, input).catch(() => undefined);
    last.end();
    return new Promise(() => {});
  }

  async #perform(caller: Caller, service: string, action: string, input: Input): Promise<unknown> {
    const { permissions, access, activity, quotas } = this.#options;
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
      if (this.#isThrottled(caller, `${service}:${action}`, input)) throw throttled(service);
      quotas?.take(service, action);
      return answer(action, input, caller);
    });
  }

  #isThrottled({ principal, session = '' }: Caller, action: string, input: Input): boolean {
    const { faults } = this.#options;
    if (principal === ADMIN || !faults.isActive) return false;
    const who = `${principal.split(':').at(-1)} ${session}`;
    const isApi = principal === API_GATEWAY;
    return faults.strikes('throttle', { resource: action, places: [`${who} ${placeOf(input)}`], isApi });
  }
}

/**
 * Services that functions ask once, and keep the answers of: whether an invocation calls them depends on what its copy
 * did before, so they are no places at which the same seed would end the same invocation.
 */
const KEPT_BETWEEN_INVOCATIONS: ReadonlySet<string> = new Set(['ssm', 'secretsmanager']);

/** The HTTP API as a caller. */
export const API_GATEWAY = 'apigateway.amazonaws.com';

function throttled(service: string): AwsError {
  return service === 'lambda'
    ? new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, { Reason: 'CallerRateLimitExceeded' })
    : new AwsError('ThrottlingException', 'Rate exceeded');
}

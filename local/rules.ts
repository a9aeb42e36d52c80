import * as z from 'zod';
import type { Activity } from './activity.ts';
import type { AssemblyResource } from './assembly.ts';
import { AwsError } from './aws.ts';
import type { Clock } from './clock.ts';
import {
  compilePattern,
  type EventMatcher,
  inputPath,
  inputTransformer,
  parseSchedule,
} from './event-bus.ts';
import type { Caller, Gateway } from './gateway.ts';
import { chunks, type Meter } from './meter.ts';
import { propertiesOf, type RuleTarget, ruleSchema, scheduleSchema } from './resource-schemas.ts';
import { inTrace } from './trace.ts';

export interface RulesOptions {
  readonly resources: readonly AssemblyResource[];
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly activity: Activity;
  readonly meter: Meter;
  readonly region: string;
  readonly account: string;
  readonly newUuid: () => string;
  readonly newTrace: () => string;
  /** Whether schedules fire at their times. */
  readonly schedules: boolean;
  /** Told about deliveries that were given up. */
  readonly warn: (text: string) => void;
}

interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly bus: string;
  readonly matches: EventMatcher;
  readonly targets: readonly RuleTarget[];
}

/** An event as rules and targets see it. */
type BusEvent = Readonly<Record<string, unknown>>;

/** One thing to hand to a target. */
interface Delivery {
  readonly target: Omit<RuleTarget, 'Id'>;
  readonly content: unknown;
  readonly caller: Caller;
  readonly from: number;
  readonly attempts: number;
  readonly rule: string;
}

const entriesInput = z.object({
  Entries: z
    .array(
      z.object({
        Source: z.string().optional(),
        DetailType: z.string().optional(),
        Detail: z.string().optional(),
        EventBusName: z.string().optional(),
        Resources: z.array(z.string()).default([]),
        Time: z.number().optional(),
      }),
    )
    .min(1)
    .max(10),
});
type Entry = z.output<typeof entriesInput>['Entries'][number];

/** Largest event, in bytes. */
const largestEvent = 1_048_576;
const usualRetry = { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 };

/** EventBridge: buses with rules and targets, and everything that runs on a schedule. */
export class Rules {
  readonly #options: RulesOptions;
  readonly #rules: Rule[] = [];
  readonly #buses: ReadonlySet<string>;
  /** What each rule or schedule with a schedule does, by its name. */
  readonly #scheduled = new Map<string, () => void>();

  constructor(options: RulesOptions) {
    this.#options = options;
    this.#buses = new Set([
      'default',
      ...options.resources.filter(({ type }) => type === 'AWS::Events::EventBus').map(({ name }) => name),
    ]);
    for (const resource of options.resources)
      if (resource.type === 'AWS::Events::Rule') this.#addRule(resource);
      else if (resource.type === 'AWS::Scheduler::Schedule') this.#addSchedule(resource);
  }

  /** The API; only `PutEvents` is known. */
  async call(action: string, input: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
    if (action !== 'PutEvents')
      throw new AwsError('UnknownOperationException', `events:${action} is not supported`);
    const parsed = entriesInput.safeParse(input);
    if (!parsed.success) throw new AwsError('ValidationException', z.prettifyError(parsed.error));
    const results = parsed.data.Entries.map((entry) => this.#put(entry));
    return {
      FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length,
      Entries: results,
    };
  }

  /** Puts an event of an AWS service on the default bus. */
  emit(source: string, detailType: string, resources: readonly string[], detail: unknown): void {
    this.#publish('default', this.#event({ source, detailType, resources, detail }));
  }

  #put(entry: Entry): { EventId?: string; ErrorCode?: string; ErrorMessage?: string } {
    const refused = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });
    for (const name of ['Source', 'DetailType', 'Detail'] as const)
      if (!entry[name])
        return refused(
          'InvalidArgument',
          `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
        );
    if (entry.Source?.startsWith('aws.'))
      return refused('NotAuthorizedForSourceException', 'Not authorized for the source.');
    const bus = entry.EventBusName?.split('/').at(-1) ?? 'default';
    if (!this.#buses.has(bus))
      return refused('ResourceNotFoundException', `Event bus ${bus} does not exist.`);
    const size = Buffer.byteLength(
      `${entry.Source}${entry.DetailType}${entry.Detail}${entry.Resources.join('')}`,
    );
    if (size > largestEvent) return refused('MalformedDetail', 'The event is too large.');
    let detail: unknown;
    try {
      detail = JSON.parse(entry.Detail ?? '');
    } catch {
      return refused('MalformedDetail', 'Detail is malformed.');
    }
    const event = this.#event({
      source: entry.Source ?? '',
      detailType: entry.DetailType ?? '',
      resources: entry.Resources,
      detail,
      ...(entry.Time === undefined ? {} : { time: entry.Time * 1000 }),
    });
    this.#options.meter.count({
      service: 'events',
      operation: 'PutEvents',
      unit: 'Event',
      resource: bus,
      quantity: chunks(size, 65_536),
    });
    this.#publish(bus, event);
    return { EventId: String(event.id) };
  }

  #event(facts: {
    source: string;
    detailType: string;
    resources: readonly string[];
    detail: unknown;
    time?: number;
  }): BusEvent {
    const { region, account, clock, newUuid } = this.#options;
    return {
      version: '0',
      id: newUuid(),
      'detail-type': facts.detailType,
      source: facts.source,
      account,
      time: new Date(facts.time ?? clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
      region,
      resources: facts.resources,
      detail: facts.detail,
    };
  }

  #publish(bus: string, event: BusEvent): void {
    for (const rule of this.#rules) if (rule.bus === bus && rule.matches(event)) this.#trigger(rule, event);
  }

  #trigger(rule: Pick<Rule, 'name' | 'arn' | 'targets'>, event: BusEvent): void {
    const { clock } = this.#options;
    for (const target of rule.targets)
      this.#deliver({
        target,
        content: contentFor(target, event, rule, clock.now()),
        caller: { principal: target.RoleArn ?? 'events.amazonaws.com', sourceArn: rule.arn },
        from: clock.now(),
        attempts: 0,
        rule: rule.name,
      });
  }

  #deliver(delivery: Delivery): void {
    const { activity, gateway } = this.#options;
    void activity.during(async () => {
      try {
        const { service, action, input } = deliveryCall(delivery);
        await gateway.callAs(delivery.caller, service, action, input);
      } catch (error) {
        await this.#failed(
          delivery,
          error instanceof AwsError ? error : new AwsError('InternalException', String(error)),
        );
      }
    });
  }

  async #failed(delivery: Delivery, error: AwsError): Promise<void> {
    const { clock, gateway, warn } = this.#options;
    const { target, caller, rule } = delivery;
    const attempts = delivery.attempts + 1;
    const { MaximumRetryAttempts, MaximumEventAgeInSeconds } = target.RetryPolicy ?? usualRetry;
    const isHopeless = /AccessDenied|ResourceNotFound|NotExist|NonExistent|Validation|Invalid/.test(
      error.code,
    );
    const retryAt = clock.now() + Math.min(60_000, 1000 * 2 ** attempts);
    if (
      !isHopeless &&
      attempts <= MaximumRetryAttempts &&
      retryAt - delivery.from <= MaximumEventAgeInSeconds * 1000
    ) {
      clock.schedule(retryAt, () => this.#deliver({ ...delivery, attempts }));
      return;
    }
    const queue = target.DeadLetterConfig?.Arn;
    warn(`${rule} cannot deliver to ${target.Arn}: ${error.message}`);
    if (queue === undefined) return;
    const text = (value: string) => ({ DataType: 'String', StringValue: value });
    try {
      await gateway.callAs({ ...caller, principal: servicePrincipal(caller) }, 'sqs', 'SendMessage', {
        ...messageTo(queue, JSON.stringify(delivery.content)),
        MessageAttributes: {
          ERROR_CODE: text(error.code),
          ERROR_MESSAGE: text(error.message),
          RULE_ARN: text(caller.sourceArn ?? '-'),
          TARGET_ARN: text(target.Arn),
          RETRY_ATTEMPTS: { DataType: 'Number', StringValue: String(delivery.attempts) },
        },
      });
    } catch (lost) {
      warn(`${rule} cannot reach its dead-letter queue: ${lost instanceof Error ? lost.message : lost}`);
    }
  }

  #addRule(resource: AssemblyResource): void {
    const definition = propertiesOf(ruleSchema, resource);
    const { EventPattern, ScheduleExpression, Targets } = definition;
    const named = { name: resource.name, arn: resource.arn ?? '', targets: Targets };
    for (const target of Targets) deliveryCall({ target, content: null });
    if (definition.State === 'DISABLED') return;
    if (EventPattern !== undefined) {
      const bus = definition.EventBusName?.split('/').at(-1) ?? 'default';
      if (!this.#buses.has(bus))
        throw new Error(`${resource.stack}.${resource.logicalId}: there is no bus ${bus}`);
      this.#rules.push({ ...named, bus, matches: compilePattern(EventPattern) });
    }
    if (ScheduleExpression !== undefined)
      this.#repeat(resource.name, ScheduleExpression, undefined, () =>
        this.#trigger(
          named,
          this.#event({
            source: 'aws.events',
            detailType: 'Scheduled Event',
            resources: [named.arn],
            detail: {},
          }),
        ),
      );
  }

  #addSchedule(resource: AssemblyResource): void {
    const { clock, meter, newUuid } = this.#options;
    const definition = propertiesOf(scheduleSchema, resource);
    const { Target } = definition;
    deliveryCall({ target: Target, content: null });
    if (definition.State === 'DISABLED') return;
    const { ScheduleExpression, ScheduleExpressionTimezone } = definition;
    this.#repeat(resource.name, ScheduleExpression, ScheduleExpressionTimezone, () => {
      meter.count({
        service: 'scheduler',
        operation: 'Invoke',
        unit: 'Invocation',
        resource: resource.name,
        quantity: 1,
      });
      const input = (Target.Input ?? '{}')
        .replaceAll(
          '<aws.scheduler.scheduled-time>',
          new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
        )
        .replaceAll('<aws.scheduler.schedule-arn>', resource.arn ?? '')
        .replaceAll('<aws.scheduler.execution-id>', newUuid())
        .replaceAll('<aws.scheduler.attempt-number>', '1');
      this.#deliver({
        target: Target,
        content: parseIfJson(input),
        caller: {
          principal: Target.RoleArn,
          ...(resource.arn === undefined ? {} : { sourceArn: resource.arn }),
        },
        from: clock.now(),
        attempts: 0,
        rule: resource.name,
      });
    });
  }

  /** Fires the rule or schedule whose name contains `part`, as if its time had come; whether there is one. */
  fire(part: string): boolean {
    const [name] = [...this.#scheduled.keys()].filter((known) => known.includes(part));
    if (name === undefined) return false;
    inTrace(this.#options.newTrace(), this.#scheduled.get(name) ?? (() => {}));
    return true;
  }

  /** Runs `fire` at every time of a schedule, each in a trace of its own. */
  #repeat(name: string, expression: string, timeZone: string | undefined, fire: () => void): void {
    const { clock, newTrace, schedules } = this.#options;
    const schedule = parseSchedule(expression);
    this.#scheduled.set(name, fire);
    const arm = (after: number) => {
      const next = schedule.nextAfter(after, timeZone);
      if (next === undefined) return;
      clock.schedule(next, () => {
        arm(next);
        inTrace(newTrace(), fire);
      });
    };
    if (schedules) arm(clock.now());
  }
}

function contentFor(
  target: RuleTarget,
  event: BusEvent,
  rule: Pick<Rule, 'name' | 'arn'>,
  now: number,
): unknown {
  if (target.Input !== undefined) return parseIfJson(target.Input);
  if (target.InputPath !== undefined) return inputPath(target.InputPath, event);
  if (!target.InputTransformer) return event;
  const { InputPathsMap, InputTemplate } = target.InputTransformer;
  return inputTransformer(
    { inputTemplate: InputTemplate, ...(InputPathsMap ? { inputPathsMap: InputPathsMap } : {}) },
    event,
    { ruleArn: rule.arn, ruleName: rule.name, ingestionTime: new Date(now).toISOString() },
  );
}

/** The call that hands content to a target. */
function deliveryCall({ target, content }: Pick<Delivery, 'target' | 'content'>): {
  service: string;
  action: string;
  input: Record<string, unknown>;
} {
  const service = target.Arn.split(':')[2];
  switch (service) {
    case 'lambda':
      return {
        service,
        action: 'Invoke',
        input: { FunctionName: target.Arn, InvocationType: 'Event', Payload: content },
      };
    case 'states':
      return {
        service,
        action: 'StartExecution',
        input: { stateMachineArn: target.Arn, input: JSON.stringify(content) },
      };
    case 'sqs': {
      const group = target.SqsParameters?.MessageGroupId;
      const body = typeof content === 'string' ? content : JSON.stringify(content);
      return {
        service,
        action: 'SendMessage',
        input: { ...messageTo(target.Arn, body), ...(group === undefined ? {} : { MessageGroupId: group }) },
      };
    }
    default:
      throw new Error(`${target.Arn} is not a target that is known here`);
  }
}

function messageTo(queueArn: string, body: string): Record<string, unknown> {
  const [account, name] = queueArn.split(':').slice(4);
  return { QueueUrl: `/${account}/${name}`, MessageBody: body };
}

/** Dead letters are sent by the service itself, also where a role is used for the target. */
function servicePrincipal({ principal, sourceArn }: Caller): string {
  return sourceArn?.includes(':scheduler:') ? principal : 'events.amazonaws.com';
}

function parseIfJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

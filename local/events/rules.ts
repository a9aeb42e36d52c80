import * as z from 'zod';
import { AwsError } from '../aws.ts';
import { chunks, type Meter } from '../billing/meter.ts';
import type { Clock } from '../clock.ts';
import type { AssemblyResource } from '../cloudformation/assembly.ts';
import { propertiesOf, type RuleTarget, ruleSchema } from '../cloudformation/resource-schemas.ts';
import type { Shelf } from '../data/shelf.ts';
import { inTrace } from '../trace.ts';
import { type Deliveries, deliveryCall, parseIfJson } from './deliveries.ts';
import {
  compilePattern,
  type EventMatcher,
  inputPath,
  inputTransformer,
  parseSchedule,
} from './event-bus.ts';

export interface RulesOptions {
  readonly resources: readonly AssemblyResource[];
  readonly deliveries: Deliveries;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly region: string;
  readonly account: string;
  readonly newUuid: () => string;
  readonly newTrace: () => string;
  /** Whether rules with a schedule fire at their times. */
  readonly schedules: boolean;
  /** Keeps when each rule with a schedule is due next. */
  readonly shelf: Shelf<number>;
}

/** A rule with a schedule. */
interface Scheduled {
  readonly expression: string;
  readonly fire: () => void;
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

/** EventBridge: buses with rules and targets. */
export class Rules {
  readonly #options: RulesOptions;
  readonly #rules: Rule[] = [];
  readonly #buses: ReadonlySet<string>;
  /** Rules with a schedule, by name. */
  readonly #scheduled = new Map<string, Scheduled>();

  constructor(options: RulesOptions) {
    this.#options = options;
    this.#buses = new Set([
      'default',
      ...options.resources.filter(({ type }) => type === 'AWS::Events::EventBus').map(({ name }) => name),
    ]);
    for (const resource of options.resources)
      if (resource.type === 'AWS::Events::Rule') this.#addRule(resource);
  }

  /** Sets the timers of rules with a schedule, those of before anew; call it once, when targets can be called. */
  resume(): void {
    if (!this.#options.schedules) return;
    const { clock, shelf } = this.#options;
    for (const [name, { expression, fire }] of this.#scheduled) {
      const due = shelf.get(keyOf(name, expression)) ?? parseSchedule(expression).nextAfter(clock.now());
      this.#arm(name, expression, due, fire);
    }
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
    const { clock, deliveries } = this.#options;
    for (const target of rule.targets)
      deliveries.send({
        target,
        content: contentFor(target, event, rule, clock.now()),
        caller: { principal: target.RoleArn ?? 'events.amazonaws.com', sourceArn: rule.arn },
        source: rule.name,
        from: clock.now(),
      });
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
    if (ScheduleExpression === undefined) return;
    parseSchedule(ScheduleExpression);
    this.#scheduled.set(resource.name, {
      expression: ScheduleExpression,
      fire: () =>
        this.#trigger(
          named,
          this.#event({
            source: 'aws.events',
            detailType: 'Scheduled Event',
            resources: [named.arn],
            detail: {},
          }),
        ),
    });
  }

  /** Fires the rule whose name contains `part`, as if its time had come; whether there is one. */
  fire(part: string): boolean {
    const [name] = [...this.#scheduled.keys()].filter((known) => known.includes(part));
    if (name === undefined) return false;
    inTrace(this.#options.newTrace(), this.#scheduled.get(name)?.fire ?? (() => {}));
    return true;
  }

  /**
   * Runs `fire` when a schedule is due and at every time after that, each in a trace of its own. Times that went by
   * while nothing ran are made up for once.
   */
  #arm(name: string, expression: string, due: number | undefined, fire: () => void): void {
    if (due === undefined) return;
    const { clock, newTrace, shelf } = this.#options;
    const schedule = parseSchedule(expression);
    shelf.set(keyOf(name, expression), due);
    clock.schedule(due, () => {
      let next = schedule.nextAfter(due);
      while (next !== undefined && next <= clock.now()) next = schedule.nextAfter(next);
      inTrace(newTrace(), fire);
      this.#arm(name, expression, next, fire);
    });
  }
}

/** A schedule that was changed begins anew. */
const keyOf = (name: string, expression: string): string => `${name} ${expression}`;

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

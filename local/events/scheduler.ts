import * as z from 'zod';
import { AwsError } from '../aws.ts';
import type { Meter } from '../billing/meter.ts';
import type { Clock, Timer } from '../clock.ts';
import type { AssemblyResource } from '../cloudformation/assembly.ts';
import { propertiesOf, scheduleSchema } from '../cloudformation/resource-schemas.ts';
import type { Shelf } from '../data/shelf.ts';
import type { RoleTrust } from '../iam/role-trust.ts';
import { currentTrace, inTrace } from '../trace.ts';
import { type Deliveries, parseIfJson } from './deliveries.ts';
import { InvalidScheduleError, parseSchedule, type Schedule } from './event-bus.ts';
import {
  checked,
  groupInput,
  listGroupsInput,
  listInput,
  oneInput,
  putInput,
  type ScheduleDefinition,
  scheduleDefinition,
} from './scheduler-input.ts';

/** A schedule as it is kept; times are epoch milliseconds. */
export const keptSchedule = z.object({
  definition: scheduleDefinition,
  created: z.number(),
  modified: z.number(),
  /** When it last fired, since it was made or changed. */
  fired: z.number().optional(),
  /** Makes a repeated request for it answer as the first did. */
  clientToken: z.string().optional(),
  /** Whether the template has it, rather than a caller made it. */
  deployed: z.boolean(),
  /** In whose course it was made. */
  trace: z.string().optional(),
});
type Kept = z.output<typeof keptSchedule>;

export interface SchedulerOptions {
  readonly resources: readonly AssemblyResource[];
  readonly region: string;
  readonly account: string;
  readonly deliveries: Deliveries;
  readonly trust: RoleTrust;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly newUuid: () => string;
  readonly newTrace: () => string;
  /** Whether schedules of the template fire at their times. */
  readonly schedules: boolean;
  readonly shelf: Shelf<Kept>;
}

type Input = Readonly<Record<string, unknown>>;
type Answer = Record<string, unknown>;

const service = 'scheduler.amazonaws.com';
const earliestStartMs = 5 * 60_000;
const keyOf = ({ GroupName, Name }: Pick<ScheduleDefinition, 'GroupName' | 'Name'>) => `${GroupName}/${Name}`;

/** EventBridge Scheduler: schedules of the template and those that callers make, on the embedded clock. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  /** When each group was made. */
  readonly #groups: ReadonlyMap<string, number>;
  readonly #timers = new Map<string, Timer>();
  readonly #actions: Readonly<Record<string, (input: Input) => Answer>>;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    const now = options.clock.now();
    const groups = options.resources.filter(({ type }) => type === 'AWS::Scheduler::ScheduleGroup');
    this.#groups = new Map([['default', now], ...groups.map(({ name }): [string, number] => [name, now])]);
    this.#actions = {
      CreateSchedule: (input) => this.#create(input),
      UpdateSchedule: (input) => this.#update(input),
      GetSchedule: (input) => this.#get(input),
      DeleteSchedule: (input) => this.#delete(input),
      ListSchedules: (input) => this.#list(input),
      GetScheduleGroup: (input) => this.#group(checked(groupInput, input).Name),
      ListScheduleGroups: (input) => this.#listGroups(input),
    };
    this.#deploy();
  }

  /** @throws AwsError as AWS answers it */
  async call(action: string, input: Input): Promise<Answer> {
    const answer = this.#actions[action];
    if (!answer) throw new AwsError('UnknownOperationException', `scheduler:${action} is not supported`);
    return answer(input);
  }

  /** Sets the timers of all schedules; call it once, when targets can be called. */
  resume(): void {
    for (const [key] of [...this.#options.shelf.entries()]) this.#arm(key);
  }

  /** Fires the schedule of the template whose name contains `part`, as if its time had come; whether there is one. */
  fire(part: string): boolean {
    for (const [, kept] of this.#options.shelf.entries()) {
      if (!kept.deployed || !kept.definition.Name.includes(part)) continue;
      this.#deliver(kept);
      return true;
    }
    return false;
  }

  #create(input: Input): Answer {
    const { ClientToken, ...definition } = checked(putInput, input);
    this.#check(definition);
    const known = this.#options.shelf.get(keyOf(definition));
    if (known && (ClientToken === undefined || known.clientToken !== ClientToken))
      throw new AwsError('ConflictException', `Schedule ${definition.Name} already exists.`, 409);
    if (!known) {
      const now = this.#options.clock.now();
      const trace = currentTrace();
      this.#keep({
        ...{ definition, created: now, modified: now, deployed: false },
        ...(ClientToken === undefined ? {} : { clientToken: ClientToken }),
        ...(trace === undefined ? {} : { trace }),
      });
    }
    return { ScheduleArn: this.#arn(definition) };
  }

  #update(input: Input): Answer {
    const { ClientToken, ...definition } = checked(putInput, input);
    const { fired: _, ...known } = this.#known(definition);
    this.#check(definition);
    this.#keep({
      ...{ ...known, definition, modified: this.#options.clock.now() },
      ...(ClientToken === undefined ? {} : { clientToken: ClientToken }),
    });
    return { ScheduleArn: this.#arn(definition) };
  }

  #get(input: Input): Answer {
    const kept = this.#known(checked(oneInput, input));
    return {
      ...kept.definition,
      Arn: this.#arn(kept.definition),
      CreationDate: kept.created / 1000,
      LastModificationDate: kept.modified / 1000,
    };
  }

  #delete(input: Input): Answer {
    const { definition } = this.#known(checked(oneInput, input));
    this.#forget(keyOf(definition));
    return {};
  }

  #list(input: Input): Answer {
    const { GroupName, NamePrefix = '', State, MaxResults, NextToken } = checked(listInput, input);
    if (GroupName !== undefined) this.#group(GroupName);
    const found = [...this.#options.shelf.entries()].filter(
      ([, { definition }]) =>
        (GroupName === undefined || definition.GroupName === GroupName) &&
        definition.Name.startsWith(NamePrefix) &&
        (State === undefined || definition.State === State),
    );
    const { items, ...more } = page(found, MaxResults, NextToken);
    return {
      Schedules: items.map(({ definition, created, modified }) => ({
        Arn: this.#arn(definition),
        Name: definition.Name,
        GroupName: definition.GroupName,
        State: definition.State,
        Target: { Arn: definition.Target.Arn },
        CreationDate: created / 1000,
        LastModificationDate: modified / 1000,
      })),
      ...more,
    };
  }

  #group(name: string): Answer {
    const made = this.#groups.get(name);
    if (made === undefined)
      throw new AwsError('ResourceNotFoundException', `Schedule group ${name} does not exist.`, 404);
    const { region, account } = this.#options;
    return {
      Arn: `arn:aws:scheduler:${region}:${account}:schedule-group/${name}`,
      Name: name,
      State: 'ACTIVE',
      CreationDate: made / 1000,
      LastModificationDate: made / 1000,
    };
  }

  #listGroups(input: Input): Answer {
    const { NamePrefix = '', MaxResults, NextToken } = checked(listGroupsInput, input);
    const found = [...this.#groups.keys()]
      .filter((name) => name.startsWith(NamePrefix))
      .map((name): [string, Answer] => [name, this.#group(name)]);
    const { items, ...more } = page(found, MaxResults, NextToken);
    return { ScheduleGroups: items, ...more };
  }

  /** @throws AwsError for what no schema tells */
  #check(definition: ScheduleDefinition): void {
    const { GroupName, ScheduleExpression, ScheduleExpressionTimezone, StartDate, EndDate, Target } =
      definition;
    const { clock, trust } = this.#options;
    const now = clock.now();
    const invalid = (message: string) => new AwsError('ValidationException', message);
    const group = this.#group(GroupName);
    if (!isTimeZone(ScheduleExpressionTimezone))
      throw invalid(`Invalid Schedule Expression Timezone ${ScheduleExpressionTimezone}.`);
    const schedule = scheduleIn(ScheduleExpression);
    if (schedule?.nextAfter(now, ScheduleExpressionTimezone) === undefined)
      throw invalid(`Invalid Schedule Expression ${ScheduleExpression}.`);
    if (schedule.kind !== 'at') {
      if (StartDate !== undefined && StartDate * 1000 < now - earliestStartMs)
        throw invalid('The StartDate you specify cannot be earlier than 5 minutes ago.');
      if (EndDate !== undefined && EndDate * 1000 <= Math.max(now, (StartDate ?? 0) * 1000))
        throw invalid('The EndDate you specify must be later than the StartDate and in the future.');
    }
    if (!trust(Target.RoleArn, service, String(group.Arn)))
      throw invalid(
        'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
      );
  }

  #known(named: Pick<ScheduleDefinition, 'GroupName' | 'Name'>): Kept {
    const kept = this.#options.shelf.get(keyOf(named));
    if (!kept) throw new AwsError('ResourceNotFoundException', `Schedule ${named.Name} does not exist.`, 404);
    return kept;
  }

  #keep(kept: Kept): void {
    const key = keyOf(kept.definition);
    this.#options.shelf.set(key, kept);
    this.#arm(key);
  }

  #forget(key: string): void {
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
    this.#options.shelf.delete(key);
  }

  /** Sets the timer of a schedule to when it fires next; one that is complete goes when it says so. */
  #arm(key: string): void {
    const { clock, shelf, schedules } = this.#options;
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
    const kept = shelf.get(key);
    if (!kept || kept.definition.State === 'DISABLED' || (kept.deployed && !schedules)) return;
    const next = nextFiring(kept);
    if (next === undefined) {
      if (kept.definition.ActionAfterCompletion === 'DELETE') this.#forget(key);
      return;
    }
    const timer = clock.schedule(next, () => {
      this.#deliver(kept);
      this.#keep({ ...kept, fired: clock.now() });
    });
    this.#timers.set(key, timer);
  }

  #deliver({ definition, trace }: Kept): void {
    const { clock, meter, deliveries, newUuid, newTrace } = this.#options;
    const { Target, Name } = definition;
    const arn = this.#arn(definition);
    const time = new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
    const input = Target.Input?.replaceAll('<aws.scheduler.scheduled-time>', time)
      .replaceAll('<aws.scheduler.schedule-arn>', arn)
      .replaceAll('<aws.scheduler.execution-id>', newUuid())
      .replaceAll('<aws.scheduler.attempt-number>', '1');
    inTrace(trace ?? newTrace(), () => {
      meter.count({
        service: 'scheduler',
        operation: 'Invoke',
        unit: 'Invocation',
        resource: definition.GroupName === 'default' ? Name : definition.GroupName,
        quantity: 1,
      });
      deliveries.send({
        target: Target,
        content: contentFor(Target.Arn, input ?? JSON.stringify(this.#notification(arn, time))),
        caller: { principal: Target.RoleArn, sourceArn: arn },
        source: Name,
        from: clock.now(),
      });
    });
  }

  /** What a target gets when its schedule says nothing of it. */
  #notification(arn: string, time: string): Answer {
    const { account, region, newUuid } = this.#options;
    return {
      ...{ version: '0', id: newUuid(), 'detail-type': 'Scheduled Event', source: 'aws.scheduler' },
      ...{ account, time, region, resources: [arn], detail: '{}' },
    };
  }

  #arn({ GroupName, Name }: Pick<ScheduleDefinition, 'GroupName' | 'Name'>): string {
    const { region, account } = this.#options;
    return `arn:aws:scheduler:${region}:${account}:schedule/${GroupName}/${Name}`;
  }

  /** Brings the schedules of the template up to date; one that has not changed goes on where it was. */
  #deploy(): void {
    const { resources, shelf, clock } = this.#options;
    const now = clock.now();
    const found = resources
      .filter(({ type }) => type === 'AWS::Scheduler::Schedule')
      .map((resource) => definitionOf(resource));
    const keys = new Set(found.map(keyOf));
    for (const [key, { deployed }] of [...shelf.entries()]) if (deployed && !keys.has(key)) shelf.delete(key);
    for (const definition of found) {
      const known = shelf.get(keyOf(definition));
      if (known && JSON.stringify(known.definition) === JSON.stringify(definition)) continue;
      this.#check(definition);
      const created = known?.created ?? now;
      shelf.set(keyOf(definition), { definition, created, modified: now, deployed: true });
    }
  }
}

/** A schedule of the template as the API would be given it. */
function definitionOf(resource: AssemblyResource): ScheduleDefinition {
  const { StartDate, EndDate, ...given } = propertiesOf(scheduleSchema, resource);
  const seconds = (date: string) => Date.parse(date) / 1000;
  return propertiesOf(scheduleDefinition, {
    ...resource,
    properties: {
      ...given,
      Name: resource.name,
      ...(StartDate === undefined ? {} : { StartDate: seconds(StartDate) }),
      ...(EndDate === undefined ? {} : { EndDate: seconds(EndDate) }),
    },
  });
}

/** What an expression says; undefined when it is none. */
function scheduleIn(expression: string): Schedule | undefined {
  try {
    return parseSchedule(expression);
  } catch (error) {
    if (error instanceof InvalidScheduleError) return undefined;
    throw error;
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** When a schedule fires next, which may have passed already; undefined when it is complete. */
function nextFiring({ definition, modified, fired }: Kept): number | undefined {
  const { ScheduleExpression, ScheduleExpressionTimezone: zone, StartDate, EndDate } = definition;
  const schedule = parseSchedule(ScheduleExpression);
  if (schedule.kind === 'at')
    return fired === undefined ? schedule.nextAfter(Number.NEGATIVE_INFINITY, zone) : undefined;
  const start = Math.max(StartDate === undefined ? 0 : StartDate * 1000, modified);
  let next: number | undefined;
  if (schedule.kind === 'cron') next = schedule.nextAfter(Math.max(fired ?? 0, start - 1), zone);
  else if (fired === undefined) next = start;
  else {
    // What fell due while nothing ran is made up for once.
    const interval = schedule.nextAfter(0) ?? 0;
    next = start + (Math.floor((fired - start) / interval) + 1) * interval;
  }
  return next !== undefined && EndDate !== undefined && next > EndDate * 1000 ? undefined : next;
}

/** A queue gets the input as it is written; other targets what it stands for. */
function contentFor(targetArn: string, input: string): unknown {
  return targetArn.split(':')[2] === 'sqs' ? input : parseIfJson(input);
}

/** One page of what is listed, by key; the next goes on after the last key. */
function page<T>(
  all: readonly (readonly [key: string, item: T])[],
  most: number,
  token: string | undefined,
): { items: T[]; NextToken?: string } {
  const sorted = all.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const after = token === undefined ? '' : Buffer.from(token, 'base64url').toString();
  const rest = sorted.filter(([key]) => key > after);
  const shown = rest.slice(0, most);
  const last = shown.at(-1)?.[0];
  return {
    items: shown.map(([, item]) => item),
    ...(rest.length > most && last !== undefined
      ? { NextToken: Buffer.from(last).toString('base64url') }
      : {}),
  };
}

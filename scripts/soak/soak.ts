import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { usualFaults } from '#local/faults/faults.ts';
import { ITEM_STATES, isTerminal } from '#shared/domain/states.ts';
import { MANAGEMENT } from '#shared/domain/suborders.ts';
import type { Wait } from '#shared/store/records.ts';
import { ALL_TASKS } from '#shared/tasks/registry.ts';
import { Api, ApiError } from '../api.ts';
import { DEMO_START, Platform } from '../platform.ts';
import { Chance } from './chance.ts';
import { Crowd } from './crowd.ts';
import { type Changes, Customers } from './customers.ts';
import { type Finding, findingsOf, waitsForSomething } from './findings.ts';
import { randomOrder } from './random-orders.ts';
import { type OpenWait, Records } from './records.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Longer than any flow takes, with every wait to its end and some repairs. */
const LONGEST = 400 * DAY;
/** What was underway when an order ended has come an hour later, retries included. */
const SETTLED_AFTER = HOUR;
/** People and customers look in so often: what falls due meanwhile happens before they do. */
const LOOKS_EVERY = HOUR / 4;
const SWEEPS_EVERY = DAY;
/** So many orders are looked at each time. */
const LOOKS_AT = 40;
const TERMINAL: ReadonlySet<string> = new Set(ITEM_STATES.filter(isTerminal));

/** More than any order has, so that a double of the first one is still seen at the end. */
const EFFECTS_OF_AN_ORDER = 200;

/** How often systems refuse, or fail past all retries, and the cloud is killed as time passes. */
const ODDS = { refuses: 0.15, fails: 0.05, killed: 0.2 };
/** In real time, from when time begins to pass: later there is often nothing left to be interrupted. */
const LATEST_KILL_MS = 300;

export interface SoakOptions {
  /** Orders to have accepted. */
  readonly orders: number;
  /** Decides orders, people, events, cancels and faults. */
  readonly seed: number;
  /** Orders under way at a time. */
  readonly atOnce: number;
  /** How often the whole cloud is killed while it works, and started again. */
  readonly kills: number;
  /** No more orders are accepted after that; those under way come to their end. */
  readonly enough?: AbortSignal;
  tell?(text: string): void;
}

/** What came of it. */
export interface SoakReport {
  readonly seed: number;
  readonly accepted: number;
  /** Orders that the API refused, since what they asked for cannot go together. */
  readonly refused: number;
  /** Orders that flows of others have placed. */
  readonly followed: number;
  /** Accepted orders, and those that followed from them, by the state in which they ended. */
  readonly terminal: Readonly<Record<string, number>>;
  /** Orders that still wait for somebody or something. */
  readonly waiting: number;
  readonly changes: Changes;
  readonly effects: number;
  /** How often the whole cloud was killed and started again. */
  readonly kills: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly doubleEffects: number;
  /** Orders that have not ended, and that nobody and nothing will go on with. */
  readonly lostOrders: number;
  /** Executions that wait although their order has ended, and waits of ended orders. */
  readonly orphanedTokens: number;
  /** What else must always hold and did not, by kind. */
  readonly broken: Readonly<Partial<Record<Finding, number>>>;
  /** Each breach in words, the first hundred. */
  readonly examples: readonly string[];
  readonly seconds: number;
}

/** Whether everything held. */
export const isClean = ({ doubleEffects, lostOrders, orphanedTokens, broken }: SoakReport): boolean =>
  doubleEffects + lostOrders + orphanedTokens === 0 && Object.keys(broken).length === 0;

/** Carries out random orders with random people and faults, and holds them against what must always be true. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  await using cleanup = new AsyncDisposableStack();
  const dataFolder = options.kills > 0 ? mkdtempSync(join(tmpdir(), 'milepost-soak-')) : undefined;
  if (dataFolder !== undefined) cleanup.defer(() => rmSync(dataFolder, { recursive: true }));
  const platform = await Platform.start({
    clock: 'manual',
    start: DEMO_START,
    ledgerLimit: options.orders * EFFECTS_OF_AN_ORDER,
    ...(dataFolder !== undefined && { dataFolder }),
  });
  cleanup.defer(() => platform.stop());
  await platform.cloud.faults(usualFaults(options.seed));
  return await new Soak(platform, options, await Records.of(platform)).run();
}

class Soak {
  readonly #platform: Platform;
  readonly #options: SoakOptions;
  readonly #records: Records;
  readonly #chance: Chance;
  readonly #api: Api;
  readonly #crowd: Crowd;
  readonly #customers: Customers;
  /** Orders that have ended, with the time at which what is still on its way of them must have come. */
  readonly #ended = new Map<string, number>();
  /** Orders under way, with the time until which they have to end. */
  readonly #open = new Map<string, number>();
  readonly #terminal = new Map<string, number>();
  readonly #broken = new Map<Finding, number>();
  readonly #examples: string[] = [];
  #nextSweep = DEMO_START.getTime() + SWEEPS_EVERY;
  #accepted = 0;
  #refused = 0;
  #followed = 0;
  readonly #faults = new Map<string, number>();
  #kills = 0;
  #waiting = 0;
  #lost = 0;

  constructor(platform: Platform, options: SoakOptions, records: Records) {
    this.#platform = platform;
    this.#options = options;
    this.#records = records;
    this.#chance = new Chance(options.seed);
    this.#api = new Api(platform.url, (role) => platform.token(role));
    this.#crowd = new Crowd(this.#api, this.#chance);
    this.#customers = new Customers(this.#api, this.#chance);
  }

  async run(): Promise<SoakReport> {
    const { cloud } = this.#platform;
    const began = performance.now();
    while (this.#isAccepting || this.#open.size + this.#ended.size > 0) {
      await this.#submit();
      await cloud.idle();
      const now = await cloud.now();
      await this.#sweep(now);
      const waits = await this.#look(now);
      const changed = await this.#customers.change(new Set(waits.map(({ order }) => order)), now);
      const done = await this.#crowd.act(waits, now);
      const next = [await cloud.nextDue(), ...this.#ended.values()].filter((time) => time !== undefined);
      const idle = done + changed === 0;
      await this.#goOn(Math.max(idle ? Math.min(...next, now + DAY) : now, now + LOOKS_EVERY));
    }
    await cloud.idle();
    await this.#countFaults();
    const orphans = await this.#orphans();
    const { byKey, undoneTwice } = this.#platform.simulator.doubleEffects();
    for (const twice of [...byKey, ...undoneTwice])
      this.#examples.push(`double: ${twice.map(({ key, operation }) => `${operation} ${key}`).join(', ')}`);
    return {
      seed: this.#options.seed,
      accepted: this.#accepted,
      refused: this.#refused,
      followed: this.#followed,
      terminal: Object.fromEntries(this.#terminal),
      waiting: this.#waiting,
      changes: this.#customers.changes,
      effects: this.#platform.simulator.ledger().length,
      kills: this.#kills,
      faults: Object.fromEntries(this.#faults),
      doubleEffects: byKey.length + undoneTwice.length,
      lostOrders: this.#lost,
      orphanedTokens: orphans + (this.#broken.get('openWaitOfEnded') ?? 0),
      broken: Object.fromEntries(this.#broken),
      examples: this.#examples.slice(0, 100),
      seconds: (performance.now() - began) / 1000,
    };
  }

  get #isAccepting(): boolean {
    const { orders, enough } = this.#options;
    return this.#accepted < orders && !enough?.aborted;
  }

  /** Keeps as many orders under way as there should be. */
  async #submit(): Promise<void> {
    const { atOnce } = this.#options;
    const now = await this.#platform.cloud.now();
    while (this.#open.size < atOnce && this.#isAccepting) {
      const serial = this.#accepted + this.#refused + 1;
      try {
        const id = await this.#customers.place(randomOrder(this.#chance, serial, now));
        this.#accepted += 1;
        this.#open.set(id, now + LONGEST);
        this.#misleadSystems(id);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status >= 500) throw error;
        this.#refused += 1;
      }
    }
  }

  /** Has a system refuse some step of an order, or fail until retries are used up. */
  #misleadSystems(order: string): void {
    const chance = this.#chance;
    const task = chance.oneOf(ALL_TASKS.filter(({ kind }) => kind === 'system'));
    const code = task && chance.oneOf(Object.keys(task.rejections));
    if (task && code !== undefined && chance.hits(ODDS.refuses))
      this.#platform.simulator.script({
        match: { correlationId: order, operation: task.name },
        answers: [{ kind: 'reject', code }],
      });
    if (chance.hits(ODDS.fails))
      this.#platform.simulator.script({
        match: { correlationId: order },
        answers: [{ kind: 'fail', times: 8 }],
      });
  }

  /** Lets time pass; now and then the cloud is killed at whatever it does then, and started again. */
  async #goOn(until: number): Promise<void> {
    const { cloud } = this.#platform;
    const isKilled = this.#kills < this.#options.kills && this.#chance.hits(ODDS.killed);
    if (!isKilled) return this.#platform.advanceTo(until);
    this.#kills += 1;
    await this.#countFaults();
    const advancing = this.#platform.advanceTo(until).catch(() => {});
    await pause(this.#chance.below(LATEST_KILL_MS));
    await cloud.kill();
    await advancing;
    await cloud.restart();
    // Others than before: those that struck have struck.
    await cloud.faults(usualFaults(this.#options.seed + this.#kills));
  }

  async #countFaults(): Promise<void> {
    for (const { kind } of await this.#platform.cloud.faultLog())
      this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1);
  }

  /** The clock of tests runs no schedules: the sweeper is fired when its time has come. */
  async #sweep(now: number): Promise<void> {
    if (now < this.#nextSweep) return;
    this.#nextSweep = now + SWEEPS_EVERY;
    for (const schedule of ['sweeper', 'undelivered']) await this.#platform.cloud.fire(schedule);
    const open = this.#open.size + this.#ended.size;
    this.#options.tell?.(
      `${new Date(now).toISOString()}: ${this.#accepted} orders accepted, ${open} under way`,
    );
    await this.#platform.cloud.idle();
  }

  /** The orders that have not been looked at for longest. */
  #next(count: number): (readonly [id: string, until: number])[] {
    const next = [...this.#open.entries().take(count)];
    for (const [id, until] of next) {
      this.#open.delete(id);
      this.#open.set(id, until);
    }
    return next;
  }

  /** Looks at some orders: sets aside those that have ended, or should have; answers what the others wait for. */
  async #look(now: number): Promise<readonly OpenWait[]> {
    const looked = await Promise.all(
      this.#next(LOOKS_AT).map(async ([id, until]) => {
        if (TERMINAL.has(await this.#records.state(id))) {
          this.#open.delete(id);
          this.#customers.forget(id);
          this.#ended.set(id, now + SETTLED_AFTER);
          return [];
        }
        const waits = await this.#records.openWaits(id);
        if (now > until) await this.#giveUp(id, waits);
        return waits;
      }),
    );
    for (const [id, settled] of this.#ended) if (now >= settled) await this.#settle(id, now);
    return looked.flat();
  }

  async #settle(id: string, now: number): Promise<void> {
    this.#ended.delete(id);
    for (const child of await this.#records.followers(id)) {
      this.#followed += 1;
      this.#open.set(child, now + LONGEST);
    }
    const order = await this.#api.order(id);
    this.#terminal.set(order.state, (this.#terminal.get(order.state) ?? 0) + 1);
    const effects = this.#platform.simulator.ledger({ correlationId: id });
    for (const { kind, what } of await findingsOf(order, this.#records, effects)) this.#note(kind, what);
  }

  async #giveUp(id: string, waits: readonly Wait[]): Promise<void> {
    this.#open.delete(id);
    const { suborders } = await this.#records.suborders(id);
    if (waitsForSomething(waits, suborders)) this.#waiting += 1;
    else {
      this.#lost += 1;
      this.#examples.push(`lost: ${id}`);
    }
  }

  #note(kind: Finding, what: string): void {
    this.#broken.set(kind, (this.#broken.get(kind) ?? 0) + 1);
    this.#examples.push(what);
  }

  /** Executions that still run although their order has ended. */
  async #orphans(): Promise<number> {
    let orphans = 0;
    for (const name of await this.#records.running()) {
      const [order = '', suborder = MANAGEMENT] = name.split('-');
      const state = await this.#records.state(order);
      if (!TERMINAL.has(state)) continue;
      orphans += 1;
      const { suborders } = await this.#records.suborders(order);
      const own = suborders.find((row) => row.suborder === suborder)?.state;
      this.#examples.push(`${name} still runs: the order is ${state}, this ${own}`);
    }
    return orphans;
  }
}

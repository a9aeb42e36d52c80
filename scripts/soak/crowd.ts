import type { Wait } from '#shared/store/records.ts';
import { taskNamed } from '#shared/tasks/registry.ts';
import type { EventTask, Task } from '#shared/tasks/task.ts';
import { type Api, ApiError } from '../api.ts';
import { fillIn } from '../demo/world.ts';
import { sampleOf } from '../samples.ts';
import type { Chance } from './chance.ts';
import type { OpenWait } from './records.ts';

const HOUR = 3_600_000;
/** People agree on dates so far ahead, which leaves time for what has to be announced. */
const PLANS_AHEAD = 20 * 24 * HOUR;

/** How often people and the outside do something else than what is best. */
const ODDS = {
  leavesForLater: 0.1,
  claimsAndReleases: 0.1,
  rejects: 0.07,
  completesTwice: 0.1,
  sendsTwice: 0.15,
  reportsTrouble: 0.08,
  saysNothing: 0.05,
  cancelsItem: 0.06,
  failsItem: 0.03,
  byHand: 0.1,
  skips: 0.05,
};

/**
 * People and the outside world, who mostly do what they should: they also claim and release, reject, do things twice,
 * report trouble, or nothing at all. What the product refuses, such as completing work that is done, is no error of theirs.
 */
export class Crowd {
  readonly #api: Api;
  readonly #chance: Chance;
  /** Waits about which nobody is going to say anything. */
  readonly #silent = new Set<string>();
  #serial = 0;

  constructor(api: Api, chance: Chance) {
    this.#api = api;
    this.#chance = chance;
  }

  /**
   * Does what these orders wait for, in part.
   * @returns how much was done
   */
  async act(waits: readonly OpenWait[], now: number): Promise<number> {
    const deeds = [
      ...waits.flatMap(({ workItem }) => (workItem ? [() => this.#work(workItem, now)] : [])),
      ...waits.filter(({ kind }) => kind === 'event').map((wait) => () => this.#report(wait, now)),
    ].filter(() => !this.#chance.hits(ODDS.leavesForLater));
    const done = await Promise.all(deeds.map((deed) => deed()));
    return done.filter(Boolean).length;
  }

  /** A person at a desk sees to a work item. */
  async #work(id: string, now: number): Promise<boolean> {
    const chance = this.#chance;
    if (chance.hits(ODDS.claimsAndReleases)) {
      await this.#try(id, 'claim');
      await this.#try(id, 'release');
    }
    const { kind, task: name, form, rejections = [], actions = [] } = await this.#api.workItem(id);
    const task = taskNamed(name);
    if (kind === 'fallout') return this.#repair(id, actions, task, now);
    const code = kind === 'manual' && chance.hits(ODDS.rejects) ? chance.oneOf(rejections) : undefined;
    if (code !== undefined) return this.#try(id, 'reject', { code, note: 'As the soak has it' });
    const labels = fillIn(form, () => chance.below(1_000_000) / 1_000_000);
    const sample = task ? this.#sample(task.output, now + PLANS_AHEAD) : {};
    const written = (form ?? []).filter(({ id, type }) => type !== 'scan' && id in sample);
    const filled = { ...Object.fromEntries(written.map(({ id }) => [id, sample[id]])), ...labels };
    const again = chance.hits(ODDS.completesTwice);
    const done = await this.#try(id, 'complete', filled);
    if (again) await this.#try(id, 'complete', filled);
    return done;
  }

  /** A supervisor decides about a step that failed. */
  async #repair(
    id: string,
    actions: readonly string[],
    task: Task | undefined,
    now: number,
  ): Promise<boolean> {
    const chance = this.#chance;
    const can = (action: string) => actions.length === 0 || actions.includes(action);
    if (can('FAIL_ITEM') && chance.hits(ODDS.failsItem))
      return this.#try(id, 'resolve', { action: 'FAIL_ITEM', reason: 'It cannot be delivered' });
    if (can('CANCEL_ITEM') && chance.hits(ODDS.cancelsItem))
      return this.#try(id, 'resolve', { action: 'CANCEL_ITEM', reason: 'The customer gives up' });
    if (can('SKIP') && chance.hits(ODDS.skips))
      return this.#try(id, 'resolve', { action: 'SKIP', reason: 'Not needed here' });
    if (task && can('COMPLETE_BY_HAND') && chance.hits(ODDS.byHand))
      return this.#try(id, 'resolve', {
        action: 'COMPLETE_BY_HAND',
        reason: 'Done by telephone',
        outputs: this.#sample(task.output, now),
      });
    return this.#try(id, 'resolve', { action: 'RETRY', reason: 'The cause is gone' });
  }

  /** Somebody outside reports what a step waits for; or trouble; or never anything. */
  async #report(wait: Wait, now: number): Promise<boolean> {
    const chance = this.#chance;
    const key = `${wait.order} ${wait.wait} ${wait.attempt}`;
    const task = taskNamed(wait.completion?.task ?? '');
    if (task?.kind !== 'event' || this.#silent.has(key)) return false;
    const happens = this.#happening(task);
    if (happens === undefined || chance.hits(ODDS.saysNothing)) {
      this.#silent.add(key);
      return false;
    }
    const event = {
      id: `soak-${++this.#serial}`,
      source: '/soak',
      type: `milepost.${task.topic}.${happens.what}`,
      subject: (wait.correlationKey ?? '').slice(task.topic.length + 1),
      time: new Date(now).toISOString(),
      data:
        happens.code === undefined
          ? this.#sample(task.output, now)
          : { note: 'As the soak has it', code: happens.code },
    };
    await this.#api.send(event);
    if (chance.hits(ODDS.sendsTwice)) await this.#api.send(event);
    return true;
  }

  /** What is reported about a task; undefined when only its deadline ends the wait. */
  #happening({ completedBy, rejectedBy }: EventTask): { what: string; code?: string } | undefined {
    const troubles = Object.entries(rejectedBy);
    const trouble = this.#chance.hits(ODDS.reportsTrouble) ? this.#chance.oneOf(troubles) : undefined;
    if (!trouble) return completedBy === undefined ? undefined : { what: completedBy };
    const [what, codes] = trouble;
    const code = this.#chance.oneOf([codes].flat());
    return code === undefined ? { what } : { what, code };
  }

  #sample(schema: Parameters<typeof sampleOf>[0], now: number): Record<string, unknown> {
    return sampleOf(schema, { serial: 10_000_000 + ++this.#serial, at: now + HOUR });
  }

  /** Does something with a work item; refused is refused. @returns whether it was done */
  async #try(id: string, action: string, body?: unknown): Promise<boolean> {
    try {
      await this.#api.act(id, action, body);
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status >= 400 && error.status < 500) return false;
      throw error;
    }
  }
}

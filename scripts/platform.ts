import { randomBytes } from 'node:crypto';
import { type CloudHandle, startCloud } from '#local/client.ts';
import { usualFaults } from '#local/faults/faults.ts';
import type { CloudOptions } from '#local/options.ts';
import { SYSTEMS } from '#shared/domain/systems.ts';
import { type Simulator, startSimulator } from '#simulator/simulator.ts';
import { assemble } from './assemble.ts';
import { AUDIENCE, ROLES, type Role, TOKEN_SECONDS } from './roles.ts';

/** How to start the platform. */
export interface PlatformOptions {
  /** Port on 127.0.0.1; a free one when not given. */
  readonly port?: number;
  readonly simulatorPort?: number;
  readonly clock?: CloudOptions['clock'];
  /** Time at which the clock starts. */
  readonly start?: Date;
  /** Where the cloud's data is kept between runs; in memory when not given. */
  readonly dataFolder?: string;
  /** Whether all that happens takes turns: with the same seed an order then has the same history. */
  readonly sequential?: boolean;
  /** Milliseconds that every invocation of a function is billed with; measured when not given. */
  readonly billedDurationMs?: number;
  /** How many effects the simulator remembers, the newest ones. */
  readonly ledgerLimit?: number;
  /** Folder of the cloud assembly to run; the product's own, made current, when not given. */
  readonly assembly?: string;
  /** Told what takes a while. */
  tell?(text: string): void;
}

/** The whole product on this machine: the embedded cloud runs what would be deployed, the simulator what it calls. */
export class Platform {
  readonly cloud: CloudHandle;
  readonly simulator: Simulator;
  readonly #time: SimulatorTime;

  private constructor(cloud: CloudHandle, simulator: Simulator, time: SimulatorTime) {
    this.cloud = cloud;
    this.simulator = simulator;
    this.#time = time;
  }

  /** @throws when it cannot start, with the reason */
  static async start(options: PlatformOptions = {}): Promise<Platform> {
    const assembly = options.assembly ?? (await assemble(options.tell));
    const time = new SimulatorTime(options);
    const credentials = Object.fromEntries(
      SYSTEMS.map((system) => [system, randomBytes(24).toString('base64url')]),
    );
    const simulator = await startSimulator({
      port: options.simulatorPort ?? 0,
      credentials,
      ...(options.ledgerLimit !== undefined && { ledgerLimit: options.ledgerLimit }),
      now: () => time.now(),
    });
    const { port, clock, start, dataFolder, billedDurationMs, sequential } = options;
    try {
      const cloud = await startCloud({
        assembly,
        parameters: { JwtIssuer: '{{issuer}}', JwtAudience: AUDIENCE },
        ssm: bySystem('base-url', (system) => simulator.baseUrl(system)),
        secrets: bySystem('credential', (system) => credentials[system] ?? ''),
        ...(port !== undefined && { port }),
        ...(clock !== undefined && { clock }),
        // A clock that goes from one due time to the next would stop at each; tests fire them instead.
        schedules: clock !== 'manual',
        ...(start !== undefined && { start }),
        ...(dataFolder !== undefined && { dataFolder }),
        ...(sequential !== undefined && { sequential }),
        ...(billedDurationMs !== undefined && { billedDurationMs }),
      });
      const faults = process.env[FAULTS];
      if (faults !== undefined && faults !== '') {
        await cloud.faults(usualFaults(seedIn(faults)));
        options.tell?.(`Faults are on, by seed ${faults}.`);
      }
      time.set(await cloud.now());
      return new Platform(cloud, simulator, time);
    } catch (error) {
      await simulator.stop();
      throw error;
    }
  }

  get url(): string {
    return this.cloud.url;
  }

  /** A JWT for a role, by the cloud's time. */
  async token(role: Role): Promise<string> {
    const exp = Math.floor((await this.cloud.now()) / 1000) + TOKEN_SECONDS;
    return this.cloud.token({ ...ROLES[role], exp });
  }

  /** Moves a manual clock to a time, from timer to timer, so that the simulator sees each one's time. */
  async advanceTo(target: number): Promise<void> {
    await this.cloud.idle();
    for (let due = await this.cloud.nextDue(); due !== undefined && due <= target; ) {
      this.#time.set(due);
      await this.cloud.advanceTo(due);
      due = await this.cloud.nextDue();
    }
    this.#time.set(target);
    await this.cloud.advanceTo(target);
  }

  async stop(): Promise<void> {
    await Promise.all([this.cloud.stop(), this.simulator.stop()]);
  }
}

/** The cloud's time as the simulator needs it, at once: it runs on by itself unless the clock is a manual one. */
class SimulatorTime {
  readonly #speed: number;
  #from: number;
  #since = performance.now();

  constructor({ clock = 'real', start = new Date() }: PlatformOptions) {
    this.#speed = clock === 'manual' ? 0 : clock === 'real' ? 1 : clock.speed;
    this.#from = start.getTime();
  }

  now(): number {
    return Math.floor(this.#from + (performance.now() - this.#since) * this.#speed);
  }

  set(time: number): void {
    this.#from = time;
    this.#since = performance.now();
  }
}

/** Environment variable with the seed of faults; without it nothing goes wrong on purpose. */
const FAULTS = 'MILEPOST_FAULTS';

function seedIn(text: string): number {
  const seed = Number(text);
  if (!Number.isInteger(seed)) throw new Error(`${FAULTS} must be a whole number, not ${text}`);
  return seed;
}

const bySystem = (name: string, value: (system: string) => string): Record<string, string> =>
  Object.fromEntries(SYSTEMS.map((system) => [`/milepost/systems/${system}/${name}`, value(system)]));

/** Where the clock of a demonstration starts: a Tuesday morning, far from holidays. */
export const DEMO_START = new Date('2026-11-24T08:00:00Z');

/** What an invocation is billed with when an order is priced: a warm function that waits for a system's answer. */
export const BILLED_MS = 100;

import { beforeAll, describe, expect, it } from 'vitest';
import { flowNamed } from '#state-machines/catalogue.ts';
import type { Gate } from '#state-machines/language/flow.ts';
import { matchesFlow } from '#state-machines/planning/select.ts';
import { Stage } from '#test/support/stage.ts';
import { play } from './play.ts';
import { expectPlayed, making } from './played.ts';
import type { Run } from './run.ts';
import { type Scenario, scenariosOf } from './scenarios.ts';
import { historyOf } from './seen.ts';

/** What customers order together, as the operator's catalogue has it. */
const BUNDLES: Readonly<Record<string, readonly string[]>> = {
  'triple play on a new fibre, and a mobile number that is ported in': [
    'fibre.create.new-build',
    'internet.create',
    'router.create',
    'set-top-box.create',
    'iptv.create',
    'voip.create.port-in',
    'mobile-postpaid.create.port-in',
  ],
  'wholesale fibre, video on demand, an extra box and a technician': [
    'fibre.create.wholesale',
    'internet.create',
    'router.create',
    'set-top-box.create',
    'set-top-box.add',
    'iptv.create',
    'vod.create',
    'technician.install',
  ],
  'fibre in a socket that is there, and a new number': [
    'fibre.create.existing-drop',
    'internet.create',
    'router.create',
    'voip.create.new-number',
  ],
  'SHDSL for a business, and telephony': [
    'shdsl.create.raw-copper',
    'internet.create',
    'router.create',
    'voip.create.new-number',
  ],
  'cable TV with a box': ['cable-tv.create.new-outlet', 'set-top-box.create', 'vod.create'],
  'triple play on cable': [
    'coax.create',
    'internet.create',
    'voip.create.new-number',
    'set-top-box.create',
    'iptv.create',
  ],
  'the end of all that a household has': [
    'vod.cease',
    'iptv.cease',
    'voip.cease',
    'internet.cease',
    'fibre.cease',
    'set-top-box.return',
    'router.return',
  ],
  'copper to fibre': ['fibre.create.new-build', 'xdsl.migrate.fibre', 'xdsl.cease'],
};

const make = making(50_000_000);

/** The usual way through a flow. */
function usual(id: string): Scenario {
  const flow = flowNamed(id);
  const [first] = flow ? scenariosOf(flow, make) : [];
  if (!first) throw new Error(`There is no flow ${id}`);
  return first;
}

const NAMES = Object.keys(BUNDLES);

describe('a bundle is carried out as a whole', () => {
  let stage: Stage;
  let orders: readonly (readonly Run[])[];

  beforeAll(async () => {
    stage = await Stage.open();
    orders = await play(
      stage,
      Object.values(BUNDLES).map((flows) => flows.map(usual)),
    );
  }, 600_000);

  it.each(NAMES.map((name, index) => [name, index] as const))('%s', async (_name, index) => {
    for (const run of orders[index] ?? []) await expectPlayed(stage, run);
  });

  it.each(NAMES.map((name, index) => [name, index] as const))(
    '%s: no gate opens too early',
    async (_name, index) => {
      const runs = orders[index] ?? [];
      const moments = new Map(
        await Promise.all(runs.map(async (run) => [run, await momentsOf(stage, run)] as const)),
      );
      const early = runs.flatMap((run) =>
        run.scenario.path.flatMap((step) =>
          step.gates.flatMap((gate) =>
            runs
              .filter((source) => source !== run && applies(gate, run, source))
              .filter((source) => isEarly(moments.get(run)?.get(step.id), gate, source, moments.get(source)))
              .map((source) => `${run.suborder}.${step.id} before ${gate.id} of ${source.suborder}`),
          ),
        ),
      );
      expect(early).toEqual([]);
    },
  );
});

/** When a step was done: the time, and where its effect is among those of the order, if it has one. */
interface Moment {
  readonly second: string;
  readonly effect: number | undefined;
}

async function momentsOf(stage: Stage, run: Run): Promise<ReadonlyMap<string, Moment>> {
  const effects = stage.effects(run.order).map(({ step }) => step);
  const entries = await historyOf(stage, run);
  return new Map(
    entries.flatMap(({ what, step, at }) => {
      if (what !== 'STEP_DONE' || step === undefined) return [];
      const effect = effects.indexOf(`${run.suborder}.${step}`);
      const second = at.slice(0, 'yyyy-mm-ddThh:mm:ss'.length);
      return [[step, { second, effect: effect < 0 ? undefined : effect }] as const];
    }),
  );
}

const isBefore = (a: Moment, b: Moment): boolean =>
  a.effect !== undefined && b.effect !== undefined ? a.effect < b.effect : a.second < b.second;

/** Whether a gate of a run waits for a source. */
function applies(gate: Gate, { scenario }: Run, source: Run): boolean {
  const isFor = Object.entries(gate.where ?? {}).every(
    ([name, value]) => scenario.item.characteristics[name] === value,
  );
  return isFor && gate.flows.some((pattern) => matchesFlow(pattern, source.scenario.flow));
}

/** Whether a step was done before a source had reached what the step's gate waits for. */
function isEarly(
  done: Moment | undefined,
  gate: Gate,
  source: Run,
  moments: ReadonlyMap<string, Moment> = new Map(),
): boolean {
  const awaited = source.scenario.path
    .filter(({ reaches }) => reaches && gate.milestones.includes(reaches))
    .map(({ id }) => moments.get(id));
  const isMissing = (moment: Moment | undefined) => !done || !moment || isBefore(done, moment);
  if (awaited.length === 0) return false;
  return gate.match === 'any' ? awaited.every(isMissing) : awaited.some(isMissing);
}

import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { Activity } from '#local/activity.ts';
import { ManualClock } from '#local/clock.ts';
import { seededRandom } from '#local/random.ts';
import { DefinitionError } from '../definition.ts';
import { StepFunctions } from '../engine.ts';
import { type Json, parseIfJson, toJson } from '../json.ts';
import { statesWire } from '../wire.ts';
import { type Case, caseSchema } from './case.ts';
import { CaseWorld } from './world.ts';

/**
 * What came of running a case; `REFUSED` when its definition was not loaded, for which `cause` tells why, and
 * `NOT_RUN` when there is no such case to run.
 */
export interface CaseResult {
  readonly status: string;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  /** The history as GetExecutionHistory answers it. */
  readonly events: Json;
}

const START = Date.parse('2025-01-01T00:00:00Z');
/** What the recordings write for names and ARNs that differ from run to run. */
const ROLE = 'snf_role_arn';
const MACHINE_PREFIX = 'arn:<partition>:states:<region>:111111111111:stateMachine:';
const EXECUTION_NAME = 'execution-of-the-case';
const EXECUTION_PLACEHOLDER = '<ExecArnPart_0idx>';
const MAP_RUN = /(:mapRun:[^/"]+)\/[^:"]+:[0-9a-f-]{36}/g;
const MAP_RUN_PLACEHOLDER = '$1/<MapRunArnPart0_0idx>:<MapRunArnPart1_0idx>';

const described = z.object({
  status: z.string(),
  output: z.string().optional(),
  error: z.string().optional(),
  cause: z.string().optional(),
});

const historyPage = z.object({ events: z.array(z.json()), nextToken: z.string().optional() });

/** Runs the case in a file; whatever happens comes back as a result. */
export async function runCaseFile(file: string): Promise<CaseResult> {
  try {
    return await runCase(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    const name = error instanceof z.ZodError ? 'NotACase' : error instanceof Error ? error.name : 'Error';
    const cause = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    return { status: 'NOT_RUN', error: name, cause, events: [] };
  }
}

/**
 * Runs a case over the wire protocol until nothing more happens in it, however far away, on a clock and with
 * a chance of its own: the same case gives the same result. Names that the recordings mask are masked alike.
 * @throws {z.ZodError} when `raw` is no case
 */
export async function runCase(raw: unknown): Promise<CaseResult> {
  const recorded = caseSchema.parse(raw);
  const clock = new ManualClock(START);
  const random = seededRandom(1);
  const world = new CaseWorld(recorded, clock, random);
  const engine = new StepFunctions({
    clock,
    activity: new Activity(),
    backend: world,
    random,
    region: '<region>',
    account: '111111111111',
  });
  world.attach(engine);
  const call = (action: string, body: unknown) => statesWire(engine, { action, body, principal: ROLE });
  try {
    const stateMachineArn = load(engine, recorded);
    const { executionArn } = await call('StartExecution', {
      stateMachineArn,
      name: EXECUTION_NAME,
      input: recorded.inputRaw,
    });
    await settle();
    for (let due = clock.nextDue(); due !== undefined; due = clock.nextDue()) {
      const { status } = described.parse(await call('DescribeExecution', { executionArn }));
      if (status !== 'RUNNING') break;
      await clock.advanceTo(due, settle);
    }
    const { output, ...rest } = described.parse(await call('DescribeExecution', { executionArn }));
    const events: Json[] = [];
    let nextToken: string | undefined;
    do {
      const page = historyPage.parse(
        toJson(await call('GetExecutionHistory', { executionArn, maxResults: 1000, nextToken })),
      );
      events.push(...page.events);
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return mask({ ...rest, ...(output === undefined ? {} : { output: parseIfJson(output) }), events });
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return { status: 'REFUSED', error: 'InvalidDefinition', cause: error.message, events: [] };
  }
}

function load(engine: StepFunctions, recorded: Case): string {
  const others = Object.entries(recorded.otherStateMachines);
  for (const [arn, { definition, type }] of others)
    engine.load({ arn, name: arn.slice(arn.lastIndexOf(':') + 1), definition, roleArn: ROLE, type });
  const name = others.length === 0 ? '<ArnPart_0idx>' : '<ArnPart_1idx>';
  const arn = `${MACHINE_PREFIX}${name}`;
  engine.load({ arn, name, definition: recorded.definition, roleArn: ROLE, type: 'STANDARD' });
  return arn;
}

/** Everything here runs on promises alone, so it has come to rest when the event loop turns. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const result = z.object({
  status: z.string(),
  output: z.json().optional(),
  error: z.string().optional(),
  cause: z.string().optional(),
  events: z.json(),
});

function mask(unmasked: unknown): CaseResult {
  const text = JSON.stringify(unmasked)
    .replaceAll(EXECUTION_NAME, EXECUTION_PLACEHOLDER)
    .replace(MAP_RUN, MAP_RUN_PLACEHOLDER);
  const { output, error, cause, ...rest } = result.parse(JSON.parse(text));
  return {
    ...rest,
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}

import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startAll } from '#shared/steps/start-all.ts';
import { flowArn } from '#shared/steps/start-suborder.ts';
import { header, ORDER, plannedWait, suborder, World } from './support.ts';

const stepFunctions = mockClient(SFNClient);
let world: World;

afterAll(() => {
  stepFunctions.restore();
  vi.unstubAllEnvs();
});

beforeEach(() => {
  world = new World();
  stepFunctions.reset();
  vi.stubEnv('FLOW_ARN_PREFIX', 'arn:flows:');
  world.plan(suborder('00', { flow: 'order.manage', state: 'inProgress' }));
});

const start = () =>
  startAll({ ...world.deps, stepFunctions: new SFNClient({ region: 'eu-north-1' }) }, ORDER);
const started = () =>
  stepFunctions.commandCalls(StartExecutionCommand).map(({ args: [{ input }] }) => input.name?.slice(-2));
const numbers = (count: number) =>
  Array.from({ length: count }, (_, index) => String(index + 1).padStart(2, '0'));

describe('starting the suborders of an order', () => {
  it('starts all of them, however many there are, and the order is in progress', async () => {
    world.plan(...numbers(40).map((number) => suborder(number, { state: 'acknowledged' })));
    expect(await start()).toBe(40);
    expect(started().sort()).toEqual(numbers(40));
    for (const number of numbers(40)) expect(world.suborder(number)).toMatchObject({ state: 'inProgress' });
    expect(world.header()).toMatchObject({ state: 'inProgress' });
  });

  it('leaves those to their wait that start later', async () => {
    world.plan(suborder('01', { state: 'acknowledged' }), suborder('02', { state: 'acknowledged' }));
    world.db.seed('waits', plannedWait('02#start#start', { pending: new Set(['01:RELIES_ON']) }));
    expect(await start()).toBe(1);
    expect(started()).toEqual(['01']);
    expect(world.suborder('02')).toMatchObject({ state: 'acknowledged' });
  });

  it('goes on where an earlier try stopped', async () => {
    world.plan(suborder('01', { state: 'inProgress' }), suborder('02', { state: 'acknowledged' }));
    stepFunctions
      .on(StartExecutionCommand)
      .rejects(new ExecutionAlreadyExists({ message: '', $metadata: {} }));
    expect(await start()).toBe(1);
    expect(world.suborder('02')).toMatchObject({ state: 'inProgress' });
  });

  it('fails when one cannot be started, and what was started stays', async () => {
    world.db.seed('orders', header({ state: 'inProgress' }));
    world.plan(suborder('01', { state: 'acknowledged' }));
    stepFunctions.on(StartExecutionCommand).rejects(new Error('ExecutionLimitExceeded'));
    await expect(start()).rejects.toThrow('ExecutionLimitExceeded');
    expect(world.suborder('01')).toMatchObject({ state: 'acknowledged' });
  });

  it('finds the state machine of a flow by its id', () => {
    expect(flowArn('fibre.create.existing-drop')).toBe('arn:flows:fibre_create_existing-drop');
    vi.stubEnv('FLOW_ARN_PREFIX', '');
    expect(() => flowArn('x')).toThrow('FLOW_ARN_PREFIX is not set');
  });
});

import aslValidator from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { definitionProblems } from '#infra/checks/definitions.ts';
import { type LinkedDefinition, linkBulkRepair, linkCorrespondence, linkFlow } from '#infra/definitions.ts';
import { FUNCTIONS } from '#infra/functions.ts';
import { flowName } from '#infra/names.ts';
import { QUEUES } from '#infra/queues.ts';
import { FLOWS } from '#state-machines/catalogue.ts';
import type { Definition } from '#state-machines/compiler/definition.ts';

const definitions = new Map<string, LinkedDefinition>([
  ...FLOWS.map((flow): [string, LinkedDefinition] => [flow.id, linkFlow(flow)]),
  ['correspondence', linkCorrespondence()],
  ['bulk repair', linkBulkRepair()],
]);
const functionIds = new Set(FUNCTIONS.map(({ id }) => id));
const queueIds = new Set(QUEUES.map(({ id }) => id));

describe.each([...definitions])('%s', (_id, { definition, functions, queues }) => {
  it('ends every wait, retries only what a retry helps, and repairs the rest', () => {
    expect(definitionProblems(definition)).toEqual([]);
  });

  it('calls only what is deployed', () => {
    expect(functions.filter((id) => !functionIds.has(id))).toEqual([]);
    expect(queues.filter((id) => !queueIds.has(id))).toEqual([]);
  });
});

/** All at once, as branches of one: the validator begins by compiling its schemas, which takes longer than the rest. */
it('all are valid Amazon States Language', () => {
  const branches = [...definitions.values()].map(({ definition }) => structuredClone(definition));
  const { errors } = aslValidator({
    QueryLanguage: 'JSONata',
    StartAt: 'All',
    States: { All: { Type: 'Parallel', Branches: branches, End: true } },
  });
  // Names that two of them have: the branches of one may not.
  expect(errors.filter((error) => error['Error code'] !== 'DUPLICATE_STATE_NAMES')).toEqual([]);
  expect(errors.length).toBeGreaterThan(0);
});

describe('names of state machines', () => {
  it('differ and keep within 80 characters that logs take', () => {
    const names = FLOWS.map(({ id }) => flowName(id));
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
  });
});

it('shows the work of set-top-box.create as people know it', () => {
  expect(Object.keys(definitions.get('set-top-box.create')?.definition.States ?? {})).toMatchInlineSnapshot(`
    [
      "Lock the asset",
      "Reserve from stock",
      "Wait for the line date and the TV account",
      "Pick and scan",
      "Side by side: Provision the box, Ship",
      "Carrier delivers",
      "Check that the box is online",
      "Update the inventory",
      "Start billing",
      "Release the asset",
      "Repair",
      "Pause",
      "Resume",
      "Prepare undo",
      "Undo each step",
      "End as cancelled",
    ]
  `);
});

describe('definitionProblems', () => {
  const definition = (state: object): Definition => ({
    Comment: '',
    QueryLanguage: 'JSONata',
    TimeoutSeconds: 60,
    StartAt: 'Step',
    States: {
      Step: { Type: 'Task', Comment: '', ...state },
      Repair: { Type: 'Fail', Comment: '' },
    },
  });
  const good = {
    TimeoutSeconds: 5,
    Retry: [{ ErrorEquals: ['Timeout'] }],
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Repair' }],
  };

  it.each([
    ['a wait without an end', { TimeoutSeconds: undefined }, 'Step: it has no TimeoutSeconds'],
    ['no retry', { Retry: [] }, 'Step: it is never retried'],
    ['a blind retry', { Retry: [{ ErrorEquals: ['States.ALL'] }] }, 'Step: it retries States.ALL'],
    [
      'a retried rejection',
      { Retry: [{ ErrorEquals: ['OUT_OF_STOCK'] }] },
      'Step: it retries the rejection OUT_OF_STOCK',
    ],
    ['a failure nobody sees', { Catch: [] }, 'Step: nothing catches what fails'],
    [
      'a failure that leaves the scope',
      { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Repair (other)' }] },
      'Step: its failure leads to Repair (other)',
    ],
  ])('finds %s', (_what, change, problem) => {
    expect(definitionProblems(definition(good))).toEqual([]);
    expect(definitionProblems(definition({ ...good, ...change }))).toEqual([problem]);
  });
});

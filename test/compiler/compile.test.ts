import aslValidator from 'asl-validator';
import jsonata from 'jsonata';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parseDefinition } from '#local/states/definition.ts';
import { durationSeconds } from '#shared/domain/duration.ts';
import { TECHNICAL_ERRORS } from '#shared/domain/errors.ts';
import { ALL_TASKS } from '#shared/tasks/registry.ts';
import { continueWithFlag } from '#shared/tasks/task.ts';
import { FLOWS } from '#state-machines/catalogue.ts';
import { compileFlow } from '#state-machines/compiler/asl.ts';
import { CALLBACK, type State } from '#state-machines/compiler/definition.ts';
import { READABLE } from '#state-machines/compiler/resources.ts';
import { unless, when } from '#state-machines/language/flow.ts';
import { create as setTopBox } from '#state-machines/set-top-box.ts';
import {
  at,
  byHand,
  chosen,
  evaluated,
  expressionsIn,
  flowOf,
  handwork,
  happyPath,
  rejects,
  scopesOf,
  stateOf,
  statesOf,
  statesVariable,
  waitFor,
  work,
} from './support.ts';

const compiled = (flow: Parameters<typeof compileFlow>[0]) => compileFlow(flow, READABLE);

const CASES = FLOWS.map((flow) => [flow.id, compiled(flow), flow] as const);
const REJECTIONS = [...new Set(ALL_TASKS.flatMap(({ rejections }) => Object.keys(rejections)))];

const retries = z.object({ Retry: z.array(z.object({ ErrorEquals: z.array(z.string()) })).default([]) });
const catches = z.object({
  Catch: z.array(z.looseObject({ ErrorEquals: z.array(z.string()), Next: z.string() })).default([]),
});
const retriedErrors = (state: State) => retries.parse(state).Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
const awaitsToken = ({ Resource }: State) => String(Resource).endsWith('.waitForTaskToken');

describe.each(CASES)('%s', (_id, definition, flow) => {
  const states = [...statesOf(definition).values()];

  it('can be run: unique names, reachable states, variables of its own in each scope', () => {
    expect(parseDefinition(JSON.parse(JSON.stringify(definition)), 'STANDARD').startAt).toBe(
      definition.StartAt,
    );
  });

  it('has only expressions that can be read', () => {
    const expressions = expressionsIn(definition);
    expect(expressions.length).toBeGreaterThan(0);
    for (const expression of expressions) expect(() => jsonata(expression), expression).not.toThrow();
  });

  it('gives each state a comment, each task a time limit and each choice a default', () => {
    for (const state of states) {
      expect(state.Comment).not.toBe('');
      if (state.Type === 'Task') expect(state.TimeoutSeconds).toBeGreaterThan(0);
      if (state.Type === 'Choice') expect(state.Default).toBeTypeOf('string');
    }
  });

  it('hands over each token with the attempt that it belongs to, and the same limit as the state has', () => {
    const waiting = states.filter(awaitsToken);
    expect(waiting.length).toBeGreaterThan(0);
    for (const state of waiting) {
      const { Payload, MessageBody } = z.looseObject({}).parse(state.Arguments);
      const limit = z.int().parse(state.TimeoutSeconds);
      const handed = z.looseObject({ timeLimitSeconds: z.int() }).parse(Payload ?? MessageBody);
      expect(handed).toMatchObject(CALLBACK);
      // A wait with a deadline is answered by it, a day at most before the state would give up.
      expect(handed.timeLimitSeconds).toBeLessThanOrEqual(limit);
      expect(handed.timeLimitSeconds + durationSeconds('P1D')).toBeGreaterThanOrEqual(limit);
      expect(handed.timeLimitSeconds).toBeLessThanOrEqual(durationSeconds('P180D'));
    }
  });

  it('retries technical errors only', () => {
    for (const state of states.filter(({ Type }) => Type === 'Task')) {
      const errors = retriedErrors(state);
      expect(errors).not.toHaveLength(0);
      expect(errors.filter((error) => REJECTIONS.includes(error))).toEqual([]);
      expect(errors).not.toContain('States.ALL');
      expect(errors).not.toContain('States.TaskFailed');
      // A wait that timed out is not parked again, and nothing is retried that a person has to look at.
      if (awaitsToken(state)) expect(errors).not.toContain('States.Timeout');
      expect(errors).not.toContain('ContractViolation');
      expect(errors).not.toContain('InputIncomplete');
    }
  });

  it('retries a call by every technical error, and by an answer that is still to come', () => {
    const titles = flow.steps.filter(({ task }) => task.kind === 'system').map(({ title }) => title);
    for (const title of titles)
      expect(retriedErrors(stateOf(definition, title))).toEqual(
        expect.arrayContaining([...TECHNICAL_ERRORS, 'AnswerPending', 'States.Timeout']),
      );
  });

  it("leads whatever failed to its scope's repair state", () => {
    const steps = new Set(flow.steps.map(({ title }) => title));
    for (const { States } of scopesOf(definition)) {
      const repair = Object.keys(States).find((name) => name.startsWith('Repair'));
      for (const [name, state] of Object.entries(States)) {
        if (!steps.has(name)) continue;
        const [last] = catches.parse(state).Catch.slice(-1);
        expect(last).toMatchObject({ ErrorEquals: ['States.ALL'], Next: repair });
      }
    }
  });

  it('says in the failure which step failed and what it would have done', async () => {
    for (const step of flow.steps) {
      const [caught] = catches.parse(stateOf(definition, step.title)).Catch;
      const assigned = Object.values(
        z
          .record(z.string(), z.unknown())
          .parse(
            await evaluated(
              caught?.Assign,
              statesVariable({}, { errorOutput: { Error: 'NO', Cause: 'why' } }),
            ),
          ),
      );
      expect(assigned).toEqual([
        {
          step: step.id,
          task: step.task.name,
          ...(step.reaches && { reaches: step.reaches }),
          ...(step.tells && { tells: step.tells }),
          ...(step.desk && { desk: step.desk }),
          ...(Object.keys(step.onReject).length > 0 && { onReject: step.onReject }),
          error: 'NO',
          cause: 'why',
          ...(step.task.kind === 'system' && { attempts: 2 }),
        },
      ]);
    }
  });

  it('resumes at every step, at its gate, or cancels; and repairs again when told anything else', async () => {
    for (const { where, States } of scopesOf(definition)) {
      const found = Object.entries(States).find(([name]) => name.startsWith('Resume'));
      if (!found) continue;
      const [name, choice] = found;
      const suffix = name.slice('Resume'.length);
      const variable = expressionsIn(choice)[0]?.match(/^\$(resumeAt\d*) =/)?.[1] ?? '';
      const resume = (resumeAt: string) => chosen(choice, { [variable]: resumeAt });
      for (const step of flow.steps.filter(({ title }) => title in States)) {
        expect(await resume(step.id), `${where}: ${step.id}`).toBe(step.title);
        if (step.gates.length > 0) expect(States[String(await resume(`${step.id}.gate`))]).toBeDefined();
      }
      expect(await resume('cancel')).toBe(suffix ? `Cancelled${suffix}` : 'Prepare undo');
      expect(await resume('nowhere')).toBe(`Repair${suffix}`);
    }
  });

  it('passes through one state per step on the way, and one more per gate; beside them only choices, parallel parts and their ends', () => {
    const happy = happyPath(definition);
    const gates = flow.steps.filter((step) => step.gates.length > 0).length;
    const plumbing = happy.filter(({ Type }) => Type !== 'Task').map(({ Type }) => Type);
    expect(happy.length - plumbing.length).toBe(flow.steps.length + gates);
    expect(plumbing.filter((type) => !['Choice', 'Parallel', 'Succeed'].includes(type))).toEqual([]);
    expect(plumbing.filter((type) => type === 'Choice').length).toBeLessThanOrEqual(
      flow.steps.filter((step) => step.when).length,
    );
  });

  it('carries ids and no facts of the order', () => {
    const read = expressionsIn(definition).flatMap(
      (expression) => expression.match(/Execution\.Input\.\w+/g) ?? [],
    );
    expect(new Set(read)).toEqual(
      new Set([
        'Execution.Input.order',
        'Execution.Input.suborder',
        ...(flow.steps.some((step) => step.when) ? ['Execution.Input.flags'] : []),
      ]),
    );
  });
});

describe('the picture of set-top-box.create', () => {
  const definition = compiled(setTopBox);

  it('reads like the work', () => {
    expect(Object.keys(definition.States)).toEqual([
      'Lock the asset',
      'Reserve from stock',
      'Wait for the line date and the TV account',
      'Pick and scan',
      'Side by side: Provision the box, Ship',
      'Carrier delivers',
      'Check that the box is online',
      'Update the inventory',
      'Start billing',
      expect.stringMatching(/^(Unlock|Release) the asset$/),
      'Repair',
      'Pause',
      'Resume',
      'Prepare undo',
      'Undo each step',
      'End as cancelled',
    ]);
  });

  it('provisions and ships side by side, each with a repair of its own', () => {
    const parallel = definition.States['Side by side: Provision the box, Ship'];
    expect(parallel?.Type).toBe('Parallel');
    const branches = z
      .array(z.object({ StartAt: z.string(), States: z.record(z.string(), z.unknown()) }))
      .parse(parallel?.Branches);
    expect(branches.map(({ States }) => Object.keys(States))).toEqual([
      [
        'Provision the box',
        'Repair (Provision the box)',
        'Pause (Provision the box)',
        'Resume (Provision the box)',
        'Cancelled (Provision the box)',
      ],
      ['Ship', 'Repair (Ship)', 'Pause (Ship)', 'Resume (Ship)', 'Cancelled (Ship)'],
    ]);
    expect(definition.States.Resume?.Choices).toContainEqual({
      Condition: "{% $resumeAt in ['provision', 'ship'] %}",
      Next: 'Side by side: Provision the box, Ship',
    });
    expect(branches[1]?.States['Cancelled (Ship)']).toMatchObject({
      Arguments: { FunctionName: READABLE.prepareUndoFunction },
      End: true,
    });
  });

  it('puts picking on the queue of its desk, as a message that a desk can show', async () => {
    const pick = stateOf(definition, 'Pick and scan');
    expect(pick).toMatchObject({
      Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      TimeoutSeconds: 24 * 3600,
    });
    expect(
      await evaluated(pick.Arguments, statesVariable({ order: 'ABC', suborder: '04', flags: {} })),
    ).toEqual({
      QueueUrl: 'queue LOGISTICS_PICK',
      MessageBody: {
        taskToken: 'the token',
        attempt: { enteredAt: '2026-03-02T08:00:00.000Z', retryCount: 1 },
        order: 'ABC',
        suborder: '04',
        step: 'pick',
        task: 'logistics.pick-scan',
        reaches: 'HW_SCANNED',
        kind: 'manual',
        desk: 'LOGISTICS_PICK',
        title: 'Pick and scan',
        timeLimitSeconds: 24 * 3600,
      },
    });
  });

  it('waits for the line date before picking', async () => {
    const gate = stateOf(definition, 'Wait for the line date and the TV account');
    expect(gate.Next).toBe('Pick and scan');
    expect(gate.Comment).toContain('boxes are not shipped months before a dig');
    const { Payload } = z.object({ Payload: z.unknown() }).parse(gate.Arguments);
    expect(await evaluated(Payload, statesVariable({ order: 'ABC', suborder: '04' }))).toMatchObject({
      kind: 'gate',
      step: 'pick',
      taskToken: 'the token',
      timeLimitSeconds: durationSeconds('P180D'),
    });
  });

  it('hands what the step reaches, tells and is given to its function', () => {
    expect(stateOf(definition, 'Provision the box').Arguments).toMatchObject({
      FunctionName: 'function cpe.provision',
      Payload: { reaches: 'STB_PROVISIONED', with: { deviceType: 'set-top-box' } },
    });
    expect(stateOf(definition, 'Ship').Arguments).toMatchObject({ Payload: { tells: 'HW_SHIPPED' } });
  });

  it('undoes by the system that did it, or at the desk, whatever Prepare undo lists', async () => {
    const prepare = stateOf(definition, 'Prepare undo');
    const assigned = z.looseObject({}).parse(await evaluated(prepare.Assign, {}));
    const item = (task: string) => ({ ...assigned, ...statesVariable({}, { input: { step: 's', task } }) });
    const which = stateOf(definition, 'Which undo?');
    expect(await chosen(which, item('stock.release'))).toBe('Undo by system');
    expect(await chosen(which, item('logistics.restock'))).toBe('Put the unit back on the shelf');
    const bySystem = stateOf(definition, 'Undo by system');
    for (const task of ['asset.unlock', 'stock.release', 'cpe.deprovision', 'logistics.recall'])
      expect(await evaluated(bySystem.Arguments, item(task))).toMatchObject({
        FunctionName: `function ${task}`,
        Payload: { step: 's', task },
      });
  });

  it('reports an undo that failed as the repair understands it', async () => {
    const [caught] = catches.parse(stateOf(definition, 'Undo by system')).Catch;
    const states = statesVariable(
      { order: 'ABC', suborder: '04' },
      { input: { step: 'reserve', task: 'stock.release' }, errorOutput: { Error: 'Timeout' } },
    );
    const assigned = z.looseObject({}).parse(await evaluated(caught?.Assign, states));
    const { MessageBody } = z
      .object({ MessageBody: z.unknown() })
      .parse(stateOf(definition, 'Repair the undo').Arguments);
    expect(await evaluated(MessageBody, { ...states, ...assigned })).toMatchObject({
      failure: { step: 'reserve', task: 'stock.release', error: 'Timeout', cause: '' },
      undo: 'stock.release',
    });
  });
});

describe('conditions', () => {
  it('read the flags that the suborder started with', async () => {
    const definition = compiled(
      flowOf(
        at('a'),
        at('b', undefined, { when: when('selfInstall') }),
        at('c', undefined, { when: unless('selfInstall') }),
        at('d'),
      ),
    );
    const choice = stateOf(definition, 'Does the customer install?');
    const goes = (flags: unknown) => chosen(choice, statesVariable({ flags }));
    expect(await goes({ selfInstall: true })).toBe('b');
    expect(await goes({ selfInstall: false })).toBe('c');
    expect(await goes({})).toBe('c');
    expect(await goes({ selfInstall: 'true' })).toBe('c');
    expect(stateOf(definition, 'b').Next).toBe('d');
    expect(stateOf(definition, 'c').Next).toBe('d');
  });

  it('refuse a flow whose last step may be skipped, and name the question', () => {
    const open = flowOf(at('a'), at('b', undefined, { when: when('upFront') }));
    expect(() => compiled(open)).toThrow('test.create: nothing comes after "Paid when ordered?"');
  });

  it('may be the last of a branch, which is over then', async () => {
    const definition = compiled(
      flowOf(at('a'), at('b', ['a'], { when: when('upFront') }), at('c', ['a']), at('d', ['b', 'c'])),
    );
    const choice = stateOf(definition, 'Paid when ordered?');
    expect(await chosen(choice, statesVariable({ flags: { upFront: true } }))).toBe('b');
    const over = String(await chosen(choice, statesVariable({ flags: {} })));
    expect(stateOf(definition, over).Type).toBe('Succeed');
    expect(stateOf(definition, 'b').End).toBe(true);
  });

  it('that are asked again say what depends on them', () => {
    const twice = flowOf(
      at('a', undefined, { when: when('upFront') }),
      at('b'),
      at('c', undefined, { when: when('upFront') }),
      at('d'),
    );
    const names = Object.keys(compiled(twice).States).filter((name) => name.startsWith('Paid'));
    expect(names).toEqual(['Paid when ordered?', 'Paid when ordered? (c)']);
  });
});

describe('flags that a step sets', () => {
  const deciding = work({ name: 'test.decide', sets: ['upFront'] });
  const asking = work({ name: 'test.ask', ...rejects(continueWithFlag('upFront')) });
  const pay = at('pay', undefined, { when: when('upFront') });
  const QUESTION = 'Paid when ordered?';

  it('are kept beside those of the input, and decide the condition', async () => {
    const definition = compiled(flowOf(at('decide', undefined, {}, deciding), pay, at('end')));
    const input = { flags: { selfInstall: true } };
    const result = { Payload: { status: 'done', flags: { upFront: true } } };
    const assigned = z
      .looseObject({})
      .parse(await evaluated(stateOf(definition, 'decide').Assign, statesVariable(input, { result })));
    expect(assigned).toEqual({ flags: { selfInstall: true, upFront: true } });
    const goes = (variables: object) =>
      chosen(stateOf(definition, QUESTION), { ...statesVariable(input), ...variables });
    expect(await goes(assigned)).toBe('pay');
    expect(await goes({ flags: { upFront: false } })).toBe('end');
  });

  it('stay set by the steps behind', () => {
    const definition = compiled(flowOf(at('decide', undefined, {}, deciding), at('b'), pay, at('end')));
    expect(stateOf(definition, 'b').Assign).toBeUndefined();
  });

  it('come from the input until a step sets them, also when the flow does not begin with a step', async () => {
    const definition = compiled(
      flowOf(at('a', []), at('b', []), at('decide', ['a', 'b'], {}, deciding), pay, at('end')),
    );
    expect(await chosen(stateOf(definition, QUESTION), statesVariable({ flags: { upFront: true } }))).toBe(
      'pay',
    );
  });

  it('by a rejection are kept when the repair resumes the very first step', async () => {
    const definition = compiled(flowOf(at('ask', undefined, {}, asking), pay, at('end')));
    const repaired = await evaluated(
      stateOf(definition, 'Repair').Assign,
      statesVariable(
        { flags: { selfInstall: true } },
        { result: { resumeAt: 'ask', flags: { upFront: true } } },
      ),
    );
    expect(repaired).toEqual({ resumeAt: 'ask', flags: { selfInstall: true, upFront: true } });
    const replayed = await evaluated(stateOf(definition, 'ask').Assign, {
      ...z.looseObject({}).parse(repaired),
      ...statesVariable(
        { flags: { selfInstall: true } },
        { result: { Payload: { status: 'replayed', flags: {} } } },
      ),
    });
    expect(replayed).toEqual({ flags: { selfInstall: true, upFront: true } });
  });

  it('by hand come with the result of the token', async () => {
    const definition = compiled(
      flowOf(byHand('decide', undefined, handwork({ sets: ['upFront'] })), pay, at('end')),
    );
    const assign = (result: unknown) =>
      evaluated(stateOf(definition, 'decide').Assign, statesVariable({ flags: {} }, { result }));
    expect(await assign({ flags: { upFront: true } })).toEqual({ flags: { upFront: true } });
    expect(await assign({})).toEqual({ flags: {} });
  });

  it('are refused inside a branch, whose variables nobody outside sees', () => {
    const inside = flowOf(
      at('a'),
      at('decide', ['a'], {}, deciding),
      at('c', ['a']),
      {
        ...at('pay', ['decide', 'c'], { when: when('upFront') }),
      },
      at('end'),
    );
    expect(() => compiled(inside)).toThrow('test.create: decide sets a flag inside a parallel part');
  });
});

describe('parallel parts', () => {
  const nested = compiled(
    flowOf(
      at('a'),
      at('b', ['a']),
      at('c', ['b']),
      at('d', ['b'], { waitsFor: waitFor('Wait for it') }),
      at('e', ['c', 'd']),
      at('f', ['a']),
      at('g', ['e', 'f']),
    ),
  );

  it('can be inside of others', () => {
    expect(aslValidator(structuredClone(nested))).toMatchObject({ isValid: true, errors: [] });
    expect(() => parseDefinition(JSON.parse(JSON.stringify(nested)), 'STANDARD')).not.toThrow();
  });

  it('are left one by one when the item is cancelled', () => {
    for (const state of ['Cancelled (c)', 'Cancelled (b)'])
      expect(stateOf(nested, state)).toMatchObject({ Type: 'Task', End: true });
    for (const state of ['Side by side: c, d', 'Side by side: b, f'])
      expect(JSON.stringify(stateOf(nested, state).Catch)).not.toContain('Cancelled');
  });

  it('go on when one branch begins with a gate', () => {
    expect(scopesOf(nested).map(({ StartAt }) => StartAt)).toContain('Wait for it');
  });

  it('are refused when two steps would be states of one name', () => {
    const twins = flowOf(at('a'), at('b', ['a'], { title: 'Twin' }), at('c', ['a'], { title: 'Twin' }));
    expect(() => compiled(twins)).toThrow('test.create: there is more than one state "Twin"');
  });

  it('are refused when the console could not show their name', () => {
    const long = (letter: string) => ({ title: letter.repeat(40) });
    const wide = flowOf(at('a'), at('b', ['a'], long('b')), at('c', ['a'], long('c')));
    expect(() => compiled(wide)).toThrow(/^test\.create: more than 80 characters/);
  });
});

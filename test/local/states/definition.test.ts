import { describe, expect, test } from 'vitest';
import { DefinitionError } from '#local/states/index.ts';
import { Bench, callback, FUNCTION, invoke } from './harness.ts';

const end = { Type: 'Succeed' };
const pass = (extra: Record<string, unknown>) => ({ A: { Type: 'Pass', End: true, ...extra } });
const task = (extra: Record<string, unknown>) => ({ A: invoke(extra) });

test.each<[string, Record<string, unknown>, RegExp]>([
  ['a field of JSONPath', pass({ ResultPath: '$.x' }), /State 'A': field 'ResultPath' belongs to JSONPath/],
  ['an unknown field', pass({ Colour: 'red' }), /State 'A': field 'Colour' is not supported/],
  [
    'an unknown field within',
    task({ Retry: [{ ErrorEquals: ['X'], Often: 1 }] }),
    /State 'A': field 'Retry\[0\]\/Often' is not supported/,
  ],
  ['an unknown type', { A: { Type: 'Sleep', End: true } }, /State 'A': field 'Type' is "Sleep"/],
  [
    'a state in JSONPath',
    pass({ QueryLanguage: 'JSONPath' }),
    /State 'A': field 'QueryLanguage'.*only JSONata is run/,
  ],
  [
    'an unknown resource',
    task({ Resource: 'arn:aws:states:::ecs:runTask.sync', Arguments: {} }),
    /State 'A': field 'Resource'.*not supported/,
  ],
  [
    'an argument the service does not take',
    task({ Arguments: { FunctionName: 'f', Colour: 1 } }),
    /State 'A': field 'Arguments\/Colour' is not supported/,
  ],
  [
    'a missing argument',
    task({ Arguments: { Payload: 1 } }),
    /State 'A': field 'Arguments\/FunctionName' is required/,
  ],
  ['bad JSONata', pass({ Output: { x: '{% 1 + %}' } }), /State 'A': field 'Output\/x' is no valid JSONata/],
  ['$$', pass({ Output: '{% $$.x %}' }), /State 'A': field 'Output'.*'\$\$' is not available/],
  [
    'a result where there is none',
    task({ Arguments: { FunctionName: '{% $states.result %}' } }),
    /State 'A': field 'Arguments\/FunctionName' refers to \$states\.result/,
  ],
  [
    'an error output outside a catcher',
    task({ Output: '{% $states.errorOutput %}' }),
    /refers to \$states\.errorOutput/,
  ],
  ['a way to nowhere', { A: { Type: 'Pass', Next: 'Gone' } }, /State 'A': field 'Next' names 'Gone'/],
  ['a state that nothing leads to', { A: end, B: end }, /State 'B' is not reachable/],
  ['neither next nor end', { A: { Type: 'Pass' } }, /State 'A': needs one of the fields 'Next' and 'End'/],
  ['a long name', { ['x'.repeat(81)]: end }, /exceeds 80 characters/],
  [
    'States.ALL among others',
    task({ Retry: [{ ErrorEquals: ['X', 'States.ALL'] }] }),
    /State 'A': field 'Retry\[0\]\/ErrorEquals'/,
  ],
  [
    'a heartbeat as long as the timeout',
    { A: callback({ HeartbeatSeconds: 5, TimeoutSeconds: 5 }) },
    /State 'A': field 'HeartbeatSeconds'/,
  ],
  [
    'a wait without end',
    { A: { Type: 'Wait', End: true } },
    /State 'A': needs one of the fields 'Seconds' and 'Timestamp'/,
  ],
  ['a reserved variable', pass({ Assign: { states: 1 } }), /State 'A': field 'Assign\/states'/],
  [
    'a variable of an outer scope',
    {
      A: {
        Type: 'Parallel',
        Assign: { x: 1 },
        End: true,
        Branches: [{ StartAt: 'B', States: { B: { Type: 'Pass', Assign: { x: 2 }, End: true } } }],
      },
    },
    /State 'B': field 'Assign' names the variable 'x' of an outer scope/,
  ],
  [
    'one name twice',
    { A: { Type: 'Parallel', End: true, Branches: [{ StartAt: 'A', States: { A: end } }] } },
    /State 'A': the name is used twice/,
  ],
])('%s is refused', (_what, states, message) => {
  const load = () => new Bench().load(states);

  expect(load).toThrow(DefinitionError);
  expect(load).toThrow(message);
});

describe('states in JSONPath beside a state in JSONata', () => {
  const beside = (state: Record<string, unknown>) => () =>
    new Bench().load(
      { A: { QueryLanguage: 'JSONPath', Next: 'B', ...state }, B: { ...end, QueryLanguage: 'JSONata' } },
      { QueryLanguage: 'JSONPath' },
    );

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['other types', { Type: 'Choice', Choices: [] }, /State 'A' \(in JSONPath\): field 'Type'/],
    [
      'wildcards',
      { Type: 'Pass', InputPath: '$.items[*]' },
      /State 'A': field 'InputPath' is "\$\.items\[\*\]"; of JSONPath, only reference paths are run/,
    ],
    [
      'functions',
      { Type: 'Pass', Parameters: { deep: { 'x.$': "States.Format('{}', $.x)" } } },
      /State 'A': field 'x\.\$' is "States\.Format.*only reference paths are run/,
    ],
    ['fields of JSONata', { Type: 'Pass', Output: 1 }, /State 'A' \(in JSONPath\): field 'Output'/],
    ['JSONata', { Type: 'Pass', Result: '{% 1 %}' }, /State 'A': there is JSONata in a state in JSONPath/],
    [
      'a path in a catcher',
      {
        Type: 'Task',
        Resource: FUNCTION,
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$..x', Next: 'B' }],
      },
      /State 'A': field 'ResultPath' is "\$\.\.x"/,
    ],
  ])('%s are refused', (_what, state, message) => {
    expect(beside(state)).toThrow(DefinitionError);
    expect(beside(state)).toThrow(message);
  });

  test('a machine without any in JSONata is refused', () => {
    expect(() => new Bench().load({ A: { Type: 'Pass', End: true } }, { QueryLanguage: 'JSONPath' })).toThrow(
      /State 'A': field 'QueryLanguage' is \(by default\) "JSONPath"; only JSONata is run/,
    );
  });
});

test('an express machine cannot wait for tokens', () => {
  expect(() => new Bench().load({ A: callback() }, {}, 'EXPRESS')).toThrow(
    /State 'A': field 'Resource' has \.waitForTaskToken/,
  );
});

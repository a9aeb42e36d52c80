import type { State, TaskState } from './definition.ts';
import type { Frame } from './execution.ts';
import type { EvaluationScope } from './expressions.ts';
import type { Json, JsonObject } from './json.ts';
import { fillObject, fillTemplate, type PathRoots, type PathSite, readField, writeAt } from './paths.ts';
import type { PathFields } from './state-schemas.ts';
import type { Completion } from './states.ts';
import type { Execution } from './thread.ts';

/** What a state leaves behind. */
export interface Produced {
  readonly output: Json;
  /** Values of variables, by name. */
  readonly assigned: Readonly<JsonObject>;
}

/** What a task sends. @throws {StatesError} */
export async function taskParameters(
  execution: Execution,
  frame: Frame,
  state: TaskState,
  scope: EvaluationScope,
): Promise<Json> {
  const { paths } = state;
  if (!paths)
    return state.Arguments === undefined
      ? frame.input
      : execution.expressions.evaluate(state.Arguments, 'Arguments', scope);
  const input = selectedInput(paths, frame, scope);
  return paths.Parameters === undefined
    ? input
    : fillTemplate(paths.Parameters, roots(input, scope), siteOf(scope));
}

/** Makes the output and the variables of a state that is left. @throws {StatesError} */
export async function produce(execution: Execution, frame: Frame, completion: Completion): Promise<Produced> {
  const { produce, where, otherwise, result, errorOutput } = completion;
  const extra = {
    ...(result === undefined ? {} : { result }),
    ...(errorOutput === undefined ? {} : { errorOutput }),
  };
  const scope = execution.evaluationScope(frame, extra);
  const state = execution.stateOf(frame);
  if (state.paths) return produceByPaths(state, state.paths, frame, completion, scope);
  const assigned: JsonObject = {};
  for (const [name, template] of Object.entries(produce.Assign ?? {}))
    assigned[name] = await execution.expressions.evaluate(template, `${where}Assign/${name}`, scope);
  const output =
    produce.Output === undefined
      ? otherwise
      : await execution.expressions.evaluate(produce.Output, `${where}Output`, scope);
  return { output, assigned };
}

function produceByPaths(
  state: State,
  paths: PathFields,
  frame: Frame,
  { produce, result, errorOutput }: Completion,
  scope: EvaluationScope,
): Produced {
  const site = siteOf(scope);
  const rootsAt = (value: Json) => roots(value, scope);
  const assign = (value: Json) => fillObject(produce.Assign ?? {}, rootsAt(value), site);
  if (errorOutput !== undefined)
    return { output: placed(produce.ResultPath, frame.input, errorOutput), assigned: assign(errorOutput) };
  let made = selectedInput(paths, frame, scope);
  if (state.Type === 'Pass') {
    if (paths.Parameters !== undefined) made = fillTemplate(paths.Parameters, rootsAt(made), site);
    if (paths.Result !== undefined) made = paths.Result;
  } else if (result !== undefined)
    made =
      paths.ResultSelector === undefined ? result : fillTemplate(paths.ResultSelector, rootsAt(result), site);
  const whole = placed(paths.ResultPath, frame.input, made);
  const output = paths.OutputPath === null ? {} : readField(paths.OutputPath ?? '$', rootsAt(whole), site);
  return { output, assigned: assign(made) };
}

function selectedInput({ InputPath }: PathFields, frame: Frame, scope: EvaluationScope): Json {
  return InputPath === null ? {} : readField(InputPath ?? '$', roots(frame.input, scope), siteOf(scope));
}

/** The state's input with a result in its place; without it when the path is null. */
function placed(path: string | null | undefined, input: Json, result: Json): Json {
  return path === null ? input : writeAt(path ?? '$', input, result);
}

function roots(value: Json, { states, variables }: EvaluationScope): PathRoots {
  return { value, context: states.context, variables };
}

function siteOf({ stateName, enteredEventId }: EvaluationScope): PathSite {
  return { stateName, enteredEventId };
}

import { isJsonObject, type Json } from '../json.ts';

/** What a function answers, or how it fails. */
export type FunctionAnswer = { readonly value: Json } | { readonly error: Json };

/** A function of the recordings. `sleep` resolves after some seconds of the case's clock. */
export type CaseFunction = (
  event: Json,
  tools: { readonly sleep: (seconds: number) => Promise<void>; readonly requestId: string },
) => FunctionAnswer | Promise<FunctionAnswer>;

/** The functions that the recordings were made with, by the name of their source file. */
export const CASE_FUNCTIONS: Readonly<Record<string, CaseFunction>> = {
  'id_function.py': (event) => ({ value: event }),
  'echo_function.py': () => ({ value: { Return: 'HelloWorld' } }),
  'return_bytes_str.py': () => ({ value: 'HelloWorld!' }),
  'return_decorated_input.py': (event) => ({
    value: `input-event-${typeof event === 'string' ? event : pythonRepr(event)}`,
  }),
  'raise_exception.py': (_event, { requestId }) =>
    raised('Exception', 'Some exception was raised.', requestId, [
      2,
      'raise Exception("Some exception was raised.")',
    ]),
  'raise_custom_exception.py': (_event, { requestId }) =>
    raised('CustomException', '', requestId, [9, 'raise CustomException()']),
  'large_output_string.py': () => ({ value: 'a'.repeat(257 * 1024) }),
  'wait_60_seconds.py': async (event, { sleep }) => {
    await sleep(60);
    return { value: event };
  },
};

function raised(
  errorType: string,
  errorMessage: string,
  requestId: string,
  [line, code]: readonly [number, string],
): FunctionAnswer {
  const stackTrace = [`  File "/var/task/handler.py", line ${line}, in handler\n    ${code}\n`];
  return { error: { errorMessage, errorType, requestId, stackTrace } };
}

/** A value as Python prints it. */
function pythonRepr(value: Json): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (!isJsonObject(value)) return '';
  return `{${Object.entries(value)
    .map(([key, item]) => `${pythonRepr(key)}: ${pythonRepr(item)}`)
    .join(', ')}}`;
}

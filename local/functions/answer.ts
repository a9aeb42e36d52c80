import type { FunctionError } from './protocol.ts';

/** What a function answered. */
export type Answer =
  | { readonly payload: unknown; readonly error?: undefined }
  | { readonly payload: FunctionError; readonly error: 'Unhandled' };

/** An answer that says that the function could not be run to its end. */
export function failed(errorType: string, errorMessage: string): Answer {
  return { payload: { errorType, errorMessage }, error: 'Unhandled' };
}

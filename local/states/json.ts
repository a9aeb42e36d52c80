/** Any JSON value. Values are shared between states, so they are never changed in place. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type JsonObject = { [key: string]: Json };

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws {SyntaxError} when the text is not JSON */
export function parseJson(text: string): Json {
  const value: Json = JSON.parse(text);
  return value;
}

/** The value as it looks after a trip over a JSON wire; null when nothing is left of it. */
export function toJson(value: unknown): Json {
  const text: string | undefined = JSON.stringify(value);
  return text === undefined ? null : parseJson(text);
}

/** The JSON in a text, or the text itself when it is none. */
export function parseIfJson(text: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/** The type names that Step Functions uses in its messages. */
export function jsonTypeName(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Largest payload that Step Functions passes between states, in bytes of UTF-8. */
export const MAX_PAYLOAD_BYTES = 262_144;

export function exceedsPayloadLimit(text: string): boolean {
  return Buffer.byteLength(text) > MAX_PAYLOAD_BYTES;
}

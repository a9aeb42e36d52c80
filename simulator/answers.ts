/** An answer over HTTP, before it is written out. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>> | readonly unknown[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer with JSON. */
export function json(status: number, body: Answer['body'], headers: Answer['headers'] = {}): Answer {
  return { status, body, headers: { 'content-type': 'application/json', ...headers } };
}

/** An answer without content. */
export const noContent: Answer = { status: 204, body: undefined, headers: {} };

const titles: Readonly<Record<number, string>> = {
  400: 'The request is malformed',
  401: 'The credential is missing or wrong',
  404: 'There is no such thing',
  405: 'The method is not allowed here',
  409: 'Another change is under way',
  413: 'The body is too large',
  422: 'The request was rejected',
  429: 'Too many requests',
  503: 'The system is not available',
  504: 'The system did not answer in time',
};
const codes: Readonly<Record<number, string>> = {
  409: 'CONFLICT',
  429: 'THROTTLED',
  503: 'UNAVAILABLE',
  504: 'TIMEOUT',
};

/** An answer with problem details (RFC 9457) and a `code`, which for technical errors follows from the status. */
export function problem(
  status: number,
  code = codes[status] ?? 'INTERNAL_ERROR',
  detail = titles[status] ?? 'Something went wrong',
  headers: Answer['headers'] = {},
): Answer {
  const type = `urn:problem:${code.toLowerCase().replaceAll('_', '-')}`;
  const title = titles[status] ?? 'The system failed';
  return json(
    status,
    { type, title, status, code, detail },
    {
      'content-type': 'application/problem+json',
      ...headers,
    },
  );
}

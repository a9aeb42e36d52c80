import type { CloudHandle } from '#local/client.ts';

/** How a function answered. */
export interface Invoked {
  readonly error: string | undefined;
  readonly payload: unknown;
}

/** Invokes a function over Lambda's own protocol. */
export async function invoke(
  cloud: CloudHandle,
  name: string,
  event: unknown,
  type: 'RequestResponse' | 'Event' = 'RequestResponse',
): Promise<Invoked> {
  const response = await fetch(`${cloud.url}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, {
    method: 'POST',
    headers: {
      authorization: 'AWS4-HMAC-SHA256 Credential=admin/20270101/eu-central-1/lambda/aws4_request',
      'x-amz-invocation-type': type,
    },
    body: JSON.stringify(event),
  });
  return {
    error: response.headers.get('x-amz-function-error') ?? undefined,
    payload: response.status === 200 ? await response.json() : undefined,
  };
}

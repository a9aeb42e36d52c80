import type { APIGatewayProxyEventV2WithJWTAuthorizer, Context } from 'aws-lambda';

interface Request {
  readonly method?: string;
  readonly path?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly sub?: string;
  readonly desks?: string;
}

/** A request as the gateway hands it to a function. */
export function httpEvent(request: Request): APIGatewayProxyEventV2WithJWTAuthorizer {
  const {
    method = 'POST',
    path = {},
    query,
    headers = {},
    body,
    sub = 'ada',
    desks = 'LOGISTICS_PICK',
  } = request;
  return {
    version: '2.0',
    routeKey: `${method} /`,
    rawPath: '/',
    rawQueryString: '',
    headers,
    pathParameters: path,
    ...(query && { queryStringParameters: query }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      authorizer: {
        principalId: '',
        integrationLatency: 0,
        jwt: { claims: { sub, desks, scope: 'milepost/work' }, scopes: ['milepost/work'] },
      },
      domainName: 'localhost',
      domainPrefix: 'localhost',
      http: { method, path: '/', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: 'request-1',
      routeKey: `${method} /`,
      stage: '$default',
      time: '02/Mar/2026:08:00:00 +0000',
      timeEpoch: 1_772_438_400_000,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    isBase64Encoded: false,
  };
}

export const CONTEXT: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'test',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:eu-north-1:000000000000:function:test',
  memoryLimitInMB: '256',
  awsRequestId: 'request-1',
  logGroupName: 'test',
  logStreamName: 'test',
  getRemainingTimeInMillis: () => 1000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
};

import { readFileSync } from 'node:fs';
import type { Context } from 'aws-lambda';
import type { HttpRequest } from '#functions/http.ts';

/** A request as a handler sees it. */
export const request = (parts: Partial<HttpRequest> = {}): HttpRequest => ({
  body: undefined,
  path: {},
  query: {},
  headers: {},
  caller: { sub: 'user-1', clientId: 'portal', scopes: [], desks: [] },
  ...parts,
});

/** An example order as it would be sent, fresh for each test. */
export const example = (name: 'triple-play' | 'minimal') =>
  JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), 'utf8'));

/** What Lambda hands to a handler beside the event. */
export const context = {
  awsRequestId: 'aws-1',
  functionName: 'f',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:eu-north-1:111122223333:function:f',
  memoryLimitInMB: '128',
  logGroupName: '',
  logStreamName: '',
  callbackWaitsForEmptyEventLoop: false,
  getRemainingTimeInMillis: () => 5000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
} satisfies Context;

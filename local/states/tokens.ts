import { randomBytes } from 'node:crypto';
import * as z from 'zod';

/** An unguessable piece of text. */
export function randomSecret(): string {
  return randomBytes(48).toString('base64url');
}

const contents = z.tuple([z.string(), z.string()]);

/** A task token: which execution it belongs to, and a secret. */
export function makeToken(executionArn: string, secret: string): string {
  return Buffer.from(JSON.stringify([executionArn, secret])).toString('base64');
}

/** ARN of the execution that a token belongs to, or undefined when it is no token. */
export function tokenExecution(token: string): string | undefined {
  try {
    const [executionArn] = contents.parse(JSON.parse(Buffer.from(token, 'base64').toString()));
    return executionArn;
  } catch {
    return undefined;
  }
}

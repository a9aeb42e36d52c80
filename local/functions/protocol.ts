import * as z from 'zod';

/** What a worker thread needs to know of a function. */
export const functionCode = z.object({
  arn: z.string(),
  name: z.string(),
  /** File of the module that exports the handler. */
  file: z.string(),
  /** Name of the exported handler. */
  handler: z.string(),
  memorySize: z.number(),
  environment: z.record(z.string(), z.string()),
});
export type FunctionCode = z.output<typeof functionCode>;

/** Sent to a worker thread. */
export const workerRequest = z.discriminatedUnion('type', [
  z.object({ type: z.literal('define'), code: functionCode }),
  z.object({
    type: z.literal('invoke'),
    requestId: z.string(),
    functionArn: z.string(),
    /** ARN as the caller gave it, with version or alias. */
    invokedArn: z.string(),
    /** Which copy of the module serves it: as on AWS, a copy handles one event at a time. */
    copy: z.number(),
    payload: z.string(),
    traceHeader: z.string(),
    timeoutMs: z.number(),
  }),
  z.object({ type: z.literal('ping') }),
]);
export type WorkerRequest = z.output<typeof workerRequest>;

/** A failure as Lambda answers it. */
export const functionError = z.object({
  errorType: z.string(),
  errorMessage: z.string(),
  trace: z.array(z.string()).optional(),
});
export type FunctionError = z.output<typeof functionError>;

/** Sent by a worker thread. */
export const workerReply = z.discriminatedUnion('type', [
  z.object({ type: z.literal('result'), requestId: z.string(), payload: z.string() }),
  z.object({ type: z.literal('error'), requestId: z.string(), error: functionError }),
  z.object({
    type: z.literal('log'),
    function: z.string(),
    requestId: z.string().optional(),
    text: z.string(),
  }),
  z.object({ type: z.literal('pong') }),
]);
export type WorkerReply = z.output<typeof workerReply>;

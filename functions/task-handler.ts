import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type * as z from 'zod';
import { BusinessRejection, TechnicalError } from '#shared/domain/errors.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { runStep, type StepContext, stepEventSchema } from '#shared/steps/run-step.ts';
import type { SystemTask } from '#shared/tasks/task.ts';

const logger = new Logger();

/** The ids in an event that stand in the log. */
const LOGGED: ReadonlySet<string> = new Set(['order', 'suborder', 'step', 'bulkRepair']);

/**
 * A Lambda handler that a state of a flow invokes: the event is checked against its schema, and what it names
 * (ids, never customers) stands in each line of the log. A thrown error's name is what the state's Retry and
 * Catch match.
 */
export const taskHandler = <Event extends z.ZodType<object>, Answer>(
  schema: Event,
  handle: (event: z.output<Event>) => Promise<Answer>,
) =>
  middy<unknown, Answer>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .handler(async (input) => {
      const event = schema.parse(input);
      logger.appendKeys(Object.fromEntries(Object.entries(event).filter(([name]) => LOGGED.has(name))));
      try {
        const answer = await handle(event);
        logger.info('done', { answer });
        return answer;
      } catch (error) {
        const { name, message } = error instanceof Error ? error : new Error('unknown error');
        // What a system or a person says when it refuses may be about the customer.
        logger.warn('not done', {
          error: name,
          ...(!(error instanceof BusinessRejection) && { reason: message }),
        });
        throw isPassing(error) ? new TechnicalError('Unavailable', `AWS: ${name}`) : error;
      }
    });

const THROTTLED = ['ThrottlingException', 'ProvisionedThroughputExceededException', 'RequestLimitExceeded'];

/** Whether a service of AWS was busy or down, after the retries of its client: the state's own can help. */
const isPassing = (error: unknown): boolean =>
  error instanceof Error &&
  '$fault' in error &&
  (error.$fault === 'server' || THROTTLED.includes(error.name));

/** Made once for all invocations: a client keeps its connections between them. */
export const dependencies = defaultDependencies();

/** The handler of a system task with work of its own. */
export const milepostTask = <T extends SystemTask>(
  task: T,
  work: (context: StepContext<T>, deps: Dependencies) => Promise<unknown>,
) =>
  taskHandler(stepEventSchema, (event) =>
    runStep(task, (context) => work(context, dependencies), dependencies, event),
  );

import * as z from 'zod';
import { AwsError } from '../aws.ts';
import { deliveryTarget } from '../cloudformation/resource-schemas.ts';

/** What the Scheduler's API is given, by the limits of its reference. Dates are epoch seconds, as on the wire. */
const pattern = (expression: RegExp, longest: number) =>
  z
    .string()
    .min(1, 'Member must have length greater than or equal to 1')
    .max(longest, `Member must have length less than or equal to ${longest}`)
    .regex(expression, `Member must satisfy regular expression pattern: ${expression.source}`);
const name = pattern(/^[0-9a-zA-Z-_.]+$/, 64);
const state = z.enum(['ENABLED', 'DISABLED']);
const clientToken = pattern(/^[a-zA-Z0-9-_]+$/, 64).optional();

const target = deliveryTarget.extend({
  Arn: pattern(/^arn:aws(-[a-z]+)?:(lambda|sqs|states):[a-z0-9-]+:\d{12}:.+$/, 1600),
  RoleArn: pattern(/^arn:aws(-[a-z]+)?:iam::\d{12}:role\/[\w+=,.@/-]+$/, 1600),
  Input: z.string().min(1).max(262_144).optional(),
  RetryPolicy: z
    .strictObject({
      MaximumRetryAttempts: z.int().min(0).max(185).default(185),
      MaximumEventAgeInSeconds: z.int().min(60).max(86_400).default(86_400),
    })
    .optional(),
  DeadLetterConfig: z.strictObject({ Arn: pattern(/^arn:aws(-[a-z]+)?:sqs:.+$/, 1600) }).optional(),
});

/** What a schedule is: all that creating and updating one can say. */
export const scheduleDefinition = z.strictObject({
  Name: name,
  GroupName: name.default('default'),
  ScheduleExpression: z.string().min(1).max(256),
  ScheduleExpressionTimezone: z.string().min(1).max(50).default('UTC'),
  StartDate: z.number().optional(),
  EndDate: z.number().optional(),
  Description: z.string().max(512).optional(),
  State: state.default('ENABLED'),
  KmsKeyArn: z.string().max(2048).optional(),
  /** Anywhere in a window is right, so its beginning is. */
  FlexibleTimeWindow: z.discriminatedUnion('Mode', [
    z.strictObject({ Mode: z.literal('OFF') }),
    z.strictObject({ Mode: z.literal('FLEXIBLE'), MaximumWindowInMinutes: z.int().min(1).max(1440) }),
  ]),
  ActionAfterCompletion: z.enum(['NONE', 'DELETE']).default('NONE'),
  Target: target.strict(),
});
export type ScheduleDefinition = z.output<typeof scheduleDefinition>;

export const putInput = scheduleDefinition.extend({ ClientToken: clientToken });
export const oneInput = z.strictObject({
  Name: name,
  GroupName: name.default('default'),
  ClientToken: clientToken,
});
export const groupInput = z.strictObject({ Name: name });
const paging = {
  NamePrefix: name.optional(),
  MaxResults: z.int().min(1).max(100).default(100),
  NextToken: z.string().min(1).max(2048).optional(),
};
export const listInput = z.strictObject({ GroupName: name.optional(), State: state.optional(), ...paging });
export const listGroupsInput = z.strictObject(paging);

/** @throws AwsError ValidationException that names every wrong member, as AWS does */
export function checked<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const problems = issues.map(
    ({ path, message }) =>
      `Value at '${path.map((part) => lowerFirst(String(part))).join('.')}' failed to satisfy constraint: ${message}`,
  );
  const count = `${issues.length} validation error${issues.length === 1 ? '' : 's'} detected`;
  throw new AwsError('ValidationException', `${count}: ${problems.join('; ')}`);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

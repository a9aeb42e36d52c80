import * as z from 'zod';
import { STATEMENTS_ON_ALL_RESOURCES } from '../nag-exceptions.ts';

/** CloudFormation takes 500 resources and 1 MB; the rest is room for the next flows. */
const RESOURCE_LIMIT = 400;
const SIZE_LIMIT = 900 * 1024;

const text = z.union([z.string(), z.record(z.string(), z.unknown())]);
const oneOrMore = z.union([text.transform((one) => [one]), z.array(text)]);
const documentSchema = z.object({
  Statement: z.array(
    z.object({
      Sid: z.string().optional(),
      Effect: z.string(),
      Action: oneOrMore,
      Resource: oneOrMore.default([]),
    }),
  ),
});
const roleSchema = z.object({ Policies: z.array(z.object({ PolicyDocument: documentSchema })).default([]) });
const policySchema = z.object({ PolicyDocument: documentSchema });
const functionSchema = z.object({
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }).optional(),
});
export const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

/** Names that values which must not be in a template tend to have. */
const SECRET_NAME = /secret|password|token|credential|api_?key|private/i;

/**
 * What must hold for every template: room to grow, least privilege, no secrets.
 * @param source the template as it is uploaded
 * @returns what does not hold; none when all is well
 */
export function templateProblems(source: string): string[] {
  const { Resources } = templateSchema.parse(JSON.parse(source));
  const resources = Object.entries(Resources);
  return [
    ...(resources.length > RESOURCE_LIMIT ? [`${resources.length} resources`] : []),
    ...(source.length > SIZE_LIMIT ? [`${source.length} bytes`] : []),
    ...resources.flatMap(([id, { Type, Properties }]) =>
      resourceProblems(Type, Properties).map((problem) => `${id}: ${problem}`),
    ),
  ];
}

function resourceProblems(type: string, properties: unknown): string[] {
  if (type === 'AWS::IAM::Role')
    return roleSchema
      .parse(properties)
      .Policies.flatMap(({ PolicyDocument }) => statementProblems(PolicyDocument));
  if (type === 'AWS::IAM::Policy' || type === 'AWS::IAM::ManagedPolicy')
    return statementProblems(policySchema.parse(properties).PolicyDocument);
  if (type === 'AWS::Lambda::Function')
    return Object.keys(functionSchema.parse(properties).Environment?.Variables ?? {})
      .filter((name) => SECRET_NAME.test(name))
      .map((name) => `the environment variable ${name} looks like a secret`);
  return [];
}

const statementProblems = ({ Statement }: z.output<typeof documentSchema>): string[] =>
  Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(
    ({ Sid = 'a statement', Action, Resource }) => [
      ...Action.filter((action) => typeof action === 'string' && action.includes('*')).map(
        (action) => `${Sid} allows ${action}`,
      ),
      ...(Resource.includes('*') && !(Sid in STATEMENTS_ON_ALL_RESOURCES)
        ? [`${Sid} allows all resources`]
        : []),
    ],
  );

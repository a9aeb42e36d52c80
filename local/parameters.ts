import { createHash } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from './aws.ts';

/** Where parameters and secrets live, for their ARNs. */
export interface Place {
  readonly region: string;
  readonly account: string;
}

/** A parameter as it is put into the store. */
export interface ParameterValue {
  readonly value: string;
  readonly type?: 'String' | 'StringList' | 'SecureString';
}

interface StoredParameter extends Required<ParameterValue> {
  readonly name: string;
  readonly version: number;
  /** Epoch seconds, as the JSON protocol writes times. */
  readonly changedAt: number;
}

const nameInput = z.object({ Name: z.string(), WithDecryption: z.boolean().nullish() });
const namesInput = z.object({
  Names: z.array(z.string()).min(1).max(10),
  WithDecryption: z.boolean().nullish(),
});
const pathInput = z.object({
  Path: z.string().startsWith('/'),
  Recursive: z.boolean().nullish(),
  WithDecryption: z.boolean().nullish(),
  MaxResults: z.number().int().min(1).max(10).nullish(),
  NextToken: z.string().nullish(),
});
type PathInput = z.output<typeof pathInput>;
const secretInput = z.object({
  SecretId: z.string().min(1),
  VersionId: z.string().nullish(),
  VersionStage: z.string().nullish(),
});

/**
 * Reading side of SSM Parameter Store: GetParameter, GetParameters, GetParametersByPath. Inputs and answers
 * are those of the JSON protocol (times in epoch seconds). After the Systems Manager API reference.
 */
export class ParameterStore {
  readonly #parameters = new Map<string, StoredParameter>();
  readonly #place: Place;
  readonly #now: () => number;

  /** @param now epoch milliseconds */
  constructor(place: Place, now: () => number) {
    this.#place = place;
    this.#now = now;
  }

  /** Creates a parameter, or a new version of it (earlier versions are not kept). */
  put(name: string, { value, type = 'String' }: ParameterValue): void {
    const version = (this.#parameters.get(name)?.version ?? 0) + 1;
    this.#parameters.set(name, { name, value, type, version, changedAt: this.#now() / 1000 });
  }

  /**
   * Answers an API call.
   *
   * @throws AwsError ParameterNotFound, ParameterVersionNotFound, InvalidNextToken, ValidationException,
   *         UnknownOperationException
   */
  async call(action: string, input: unknown): Promise<unknown> {
    switch (action) {
      case 'GetParameter': {
        const { Name, WithDecryption } = validate(nameInput, input);
        return { Parameter: this.#describe(this.#find(Name), WithDecryption) };
      }
      case 'GetParameters': {
        const { Names, WithDecryption } = validate(namesInput, input);
        const known = Names.filter((name) => this.#isKnown(name));
        return {
          Parameters: known.map((name) => this.#describe(this.#find(name), WithDecryption)),
          InvalidParameters: Names.filter((name) => !known.includes(name)),
        };
      }
      case 'GetParametersByPath':
        return this.#byPath(validate(pathInput, input));
      default:
        throw unknownAction(action);
    }
  }

  #byPath(input: PathInput): unknown {
    const prefix = input.Path.endsWith('/') ? input.Path : `${input.Path}/`;
    const found = [...this.#parameters.values()]
      .filter(({ name }) => name.startsWith(prefix))
      .filter(({ name }) => input.Recursive === true || !name.slice(prefix.length).includes('/'))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const start = input.NextToken == null ? 0 : found.findIndex(({ name }) => name === input.NextToken);
    if (start < 0) throw new AwsError('InvalidNextToken', 'The specified token is not valid.');
    const end = start + (input.MaxResults ?? 10);
    const next = found[end];
    return {
      Parameters: found.slice(start, end).map((one) => this.#describe(one, input.WithDecryption)),
      ...(next ? { NextToken: next.name } : {}),
    };
  }

  #isKnown(nameOrArn: string): boolean {
    const { name, version } = this.#parse(nameOrArn);
    const found = this.#parameters.get(name);
    return found !== undefined && (version === undefined || version === found.version);
  }

  #find(nameOrArn: string): StoredParameter {
    const { name, version } = this.#parse(nameOrArn);
    const found = this.#parameters.get(name);
    if (!found) throw new AwsError('ParameterNotFound', `Parameter ${nameOrArn} not found.`);
    if (version !== undefined && version !== found.version)
      throw new AwsError(
        'ParameterVersionNotFound',
        `Systems Manager could not find version ${version} of ${name}.`,
      );
    return found;
  }

  /** A name may be an ARN and may end in `:version`; labels are not kept, so they never match. */
  #parse(nameOrArn: string): { name: string; version: number | undefined } {
    const [, path] = /^arn:[^:]+:ssm:[^:]*:[^:]*:parameter\/(.*)$/.exec(nameOrArn) ?? [];
    const given = path === undefined ? nameOrArn : this.#parameters.has(path) ? path : `/${path}`;
    const [, name, selector] = /^([^:]*):(.+)$/.exec(given) ?? [];
    return name === undefined ? { name: given, version: undefined } : { name, version: Number(selector) };
  }

  #describe(parameter: StoredParameter, decrypt: boolean | null | undefined): unknown {
    const { name, type, value, version, changedAt } = parameter;
    const hidden = type === 'SecureString' && decrypt !== true;
    return {
      ARN: `arn:aws:ssm:${this.#place.region}:${this.#place.account}:parameter/${name.replace(/^\//, '')}`,
      DataType: 'text',
      LastModifiedDate: changedAt,
      Name: name,
      Type: type,
      Value: hidden ? createHash('sha256').update(value).digest('base64') : value,
      Version: version,
    };
  }
}

interface StoredSecret {
  readonly name: string;
  readonly arn: string;
  readonly value: string;
  readonly versionId: string;
  readonly createdAt: number;
}

/** Reading side of Secrets Manager: GetSecretValue of the current version. After its API reference. */
export class SecretStore {
  readonly #secrets = new Map<string, StoredSecret>();
  readonly #place: Place;
  readonly #now: () => number;

  /** @param now epoch milliseconds */
  constructor(place: Place, now: () => number) {
    this.#place = place;
    this.#now = now;
  }

  /** Creates a secret or replaces its value; gives its ARN, which ends in six characters made from the name. */
  put(name: string, value: string): string {
    const suffix = createHash('sha256').update(name).digest('base64url').replace(/[-_]/g, 'x').slice(0, 6);
    const arn = `arn:aws:secretsmanager:${this.#place.region}:${this.#place.account}:secret:${name}-${suffix}`;
    const digest = createHash('sha256').update(`${name}\n${value}`).digest('hex');
    const versionId = digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
    this.#secrets.set(name, { name, arn, value, versionId, createdAt: this.#now() / 1000 });
    return arn;
  }

  /**
   * Answers an API call.
   *
   * @throws AwsError ResourceNotFoundException, ValidationException, UnknownOperationException
   */
  async call(action: string, input: unknown): Promise<unknown> {
    if (action !== 'GetSecretValue') throw unknownAction(action);
    const { SecretId, VersionId, VersionStage } = validate(secretInput, input);
    const secret = [...this.#secrets.values()].find(
      ({ name, arn }) => SecretId === name || SecretId === arn || arn.slice(0, -7) === SecretId,
    );
    if (!secret)
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    if ((VersionId ?? secret.versionId) !== secret.versionId)
      throw notFoundVersion(`VersionId: ${VersionId}`);
    if ((VersionStage ?? 'AWSCURRENT') !== 'AWSCURRENT')
      throw notFoundVersion(`staging label: ${VersionStage}`);
    return {
      ARN: secret.arn,
      CreatedDate: secret.createdAt,
      Name: secret.name,
      SecretString: secret.value,
      VersionId: secret.versionId,
      VersionStages: ['AWSCURRENT'],
    };
  }
}

function notFoundVersion(which: string): AwsError {
  return new AwsError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for ${which}`,
  );
}

function unknownAction(action: string): AwsError {
  return new AwsError('UnknownOperationException', `${action} is not supported.`);
}

function validate<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw new AwsError('ValidationException', z.prettifyError(parsed.error));
  return parsed.data;
}

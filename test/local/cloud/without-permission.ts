import { cp, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';

/** A statement of an identity policy in a template, references and all. */
const statementSchema = z.looseObject({ Action: z.union([z.string(), z.array(z.string())]) });
const documentSchema = z.looseObject({ Statement: z.array(z.unknown()) });
const templateSchema = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.unknown().optional() })),
});

/** Where to take a permission away. */
export interface Taken {
  /** Part of the logical id of the role or policy. */
  readonly from: string;
  readonly action: string;
}

/**
 * A copy of a cloud assembly in which one action is allowed to nobody through the policies named, as if somebody had
 * forgotten it. Assets stay where they are.
 * @returns the folder of the copy
 * @throws Error when nothing allowed it
 */
export async function withoutPermission(assembly: string, { from, action }: Taken): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'assembly-without-'));
  let taken = 0;

  /** Goes through a document; `Statement` lists are where permissions are. */
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(strip);
    const document = documentSchema.safeParse(value);
    if (document.success) return { ...document.data, Statement: document.data.Statement.flatMap(stripped) };
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, strip(child)]));
  };
  const stripped = (given: unknown): unknown[] => {
    const statement = statementSchema.safeParse(given);
    if (!statement.success) return [given];
    const actions = [statement.data.Action].flat();
    const left = actions.filter((one) => one !== action);
    taken += actions.length - left.length;
    return left.length === 0 ? [] : [{ ...statement.data, Action: left }];
  };

  for (const name of await readdir(assembly)) {
    const source = resolve(assembly, name);
    if (!name.endsWith('.template.json')) {
      if (name.startsWith('asset.')) await symlink(source, join(copy, name));
      else await cp(source, join(copy, name), { recursive: true });
      continue;
    }
    const template = templateSchema.parse(JSON.parse(await readFile(source, 'utf8')));
    const resources = Object.entries(template.Resources).map(([id, resource]) => {
      const isMeant = resource.Type.startsWith('AWS::IAM::') && id.includes(from);
      return [id, isMeant ? { ...resource, Properties: strip(resource.Properties) } : resource];
    });
    await writeFile(
      join(copy, name),
      JSON.stringify({ ...template, Resources: Object.fromEntries(resources) }),
    );
  }
  if (taken === 0) throw new Error(`no policy named like '${from}' allows ${action}`);
  return copy;
}

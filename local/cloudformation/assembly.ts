import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { CloudResource } from '../admin/admin-model.ts';
import {
  type Json,
  type JsonObject,
  type Resolve,
  resolveTemplate,
  type UnresolvedResource,
} from './intrinsics.ts';
import { type Identity, identify, isKnownType, isSilentType } from './resource-kinds.ts';

/** A resource of the assembly, resolved. */
export interface AssemblyResource extends CloudResource {
  readonly properties: JsonObject;
}

/** A synthesized CDK app with every reference resolved, as if it were deployed. */
export interface Assembly {
  /** In the order of the templates, without those that do nothing here. */
  readonly resources: readonly AssemblyResource[];
  /** By stack and output name. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** File or folder of an asset by the key it is uploaded under. */
  readonly assets: ReadonlyMap<string, string>;
  readonly region: string;
  readonly account: string;
}

/** Where an assembly is to be deployed. */
export interface Deployment {
  readonly region: string;
  readonly account: string;
  readonly url: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      environment: z.string().optional(),
      properties: z
        .object({
          templateFile: z.string().optional(),
          stackName: z.string().optional(),
          file: z.string().optional(),
        })
        .optional(),
      dependencies: z.array(z.string()).default([]),
      additionalMetadataFile: z.string().optional(),
    }),
  ),
});
type Artifact = z.output<typeof manifestSchema>['artifacts'][string];

const assetsSchema = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.string().optional() }),
      destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
    }),
  ),
});

/**
 * Reads a cloud assembly.
 * @throws when it holds something that is not understood, with every such thing named
 */
export async function readAssembly(folder: string, deployment: Deployment): Promise<Assembly> {
  const manifest = manifestSchema.parse(await readJson(join(folder, 'manifest.json')));
  const artifacts = Object.entries(manifest.artifacts);
  const nested = artifacts.filter(([, artifact]) => artifact.type === 'cdk:cloud-assembly');
  if (nested.length > 0)
    throw new Error(
      `${folder} holds CDK stages; give the folder of one: ${nested.map(([id]) => id).join(', ')}`,
    );
  const stacks = inOrder(artifacts.filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack'));
  const [region, account] = environmentOf(stacks, deployment);
  const templates = await Promise.all(stacks.map(([id, artifact]) => readStack(folder, id, artifact)));
  const unknown = templates.flatMap(({ name, types }) =>
    types
      .filter(([, type]) => !isKnownType(type))
      .map(([logicalId, type]) => `${name}.${logicalId} (${type})`),
  );
  if (unknown.length > 0)
    throw new Error(`The embedded cloud does not know these resources: ${unknown.join(', ')}`);

  const exports = new Map<string, Json>();
  const resources: AssemblyResource[] = [];
  const outputs: Record<string, Record<string, Json>> = {};
  for (const { name: stack, template, paths } of templates) {
    const identities = new Map<string, Identity>();
    const identityOf = (logicalId: string, resource: UnresolvedResource, resolve: Resolve) => {
      const known = identities.get(logicalId);
      if (known) return known;
      const identity = identify(
        { region, account, stack, logicalId, url: deployment.url },
        resource,
        resolve,
      );
      identities.set(logicalId, identity);
      return identity;
    };
    const resolved = resolveTemplate(template, {
      region,
      account,
      stackName: stack,
      parameters: deployment.parameters,
      imports: exports,
      physicalId: (...of) => identityOf(...of).physicalId,
      attribute: (logicalId, name, resource, resolve) => {
        const value = resource.properties[name];
        return (
          identityOf(logicalId, resource, resolve).attributes[name] ??
          (value === undefined ? undefined : resolve(value))
        );
      },
    });
    for (const [logicalId, resource] of resolved.resources) {
      if (isSilentType(resource.type)) continue;
      const { physicalId, name, arn } = identityOf(logicalId, resource, (value) => value);
      const path = paths.get(logicalId);
      resources.push({
        stack,
        logicalId,
        type: resource.type,
        properties: resource.properties,
        physicalId,
        name,
        ...(arn === undefined ? {} : { arn }),
        ...(path === undefined ? {} : { path }),
      });
    }
    for (const [name, value] of resolved.exports) exports.set(name, value);
    outputs[stack] = Object.fromEntries(resolved.outputs);
  }
  return { resources, outputs, assets: await readAssets(folder, artifacts), region, account };
}

interface StackFiles {
  readonly name: string;
  readonly template: unknown;
  /** Logical id and type of every resource. */
  readonly types: [string, string][];
  /** Construct path by logical id. */
  readonly paths: ReadonlyMap<string, string>;
}

const typesSchema = z.object({ Resources: z.record(z.string(), z.object({ Type: z.string() })).default({}) });
const metadataSchema = z.record(z.string(), z.array(z.object({ type: z.string(), data: z.unknown() })));

async function readStack(
  folder: string,
  id: string,
  { properties, additionalMetadataFile }: Artifact,
): Promise<StackFiles> {
  const template = await readJson(join(folder, properties?.templateFile ?? `${id}.template.json`));
  const metadata =
    additionalMetadataFile === undefined ? {} : await readJson(join(folder, additionalMetadataFile));
  const paths = new Map<string, string>();
  for (const [path, entries] of Object.entries(metadataSchema.parse(metadata)))
    for (const { type, data } of entries)
      if (type === 'aws:cdk:logicalId' && typeof data === 'string') paths.set(data, path);
  const { Resources } = typesSchema.parse(template);
  return {
    name: properties?.stackName ?? id,
    template,
    types: Object.entries(Resources).map(([logicalId, { Type }]) => [logicalId, Type]),
    paths,
  };
}

async function readAssets(folder: string, artifacts: [string, Artifact][]): Promise<Map<string, string>> {
  const assets = new Map<string, string>();
  for (const [, artifact] of artifacts) {
    if (artifact.type !== 'cdk:asset-manifest' || artifact.properties?.file === undefined) continue;
    const { files } = assetsSchema.parse(await readJson(join(folder, artifact.properties.file)));
    for (const { source, destinations } of Object.values(files))
      for (const { objectKey } of Object.values(destinations))
        if (source.path !== undefined) assets.set(objectKey, join(folder, source.path));
  }
  return assets;
}

/** Stacks after those that they depend on. */
function inOrder(stacks: [string, Artifact][]): [string, Artifact][] {
  const byId = new Map(stacks);
  const ordered = new Map<string, Artifact>();
  const visit = (id: string) => {
    const artifact = byId.get(id);
    if (!artifact || ordered.has(id)) return;
    for (const dependency of artifact.dependencies) visit(dependency);
    ordered.set(id, artifact);
  };
  for (const [id] of stacks) visit(id);
  return [...ordered];
}

/** Region and account that the stacks are fixed to, or else those asked for. */
function environmentOf(stacks: [string, Artifact][], deployment: Deployment): [string, string] {
  const environments = new Set(
    stacks.map(([, { environment }]) => environment ?? 'aws://unknown-account/unknown-region'),
  );
  if (environments.size > 1)
    throw new Error(`All stacks must be for one account and region, not ${[...environments].join(', ')}`);
  const [account, region] = [...environments].join('').replace('aws://', '').split('/');
  return [
    region === undefined || region === 'unknown-region' ? deployment.region : region,
    account === undefined || !/^\d{12}$/.test(account) ? deployment.account : account,
  ];
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new Error(`Cannot read ${file}: ${error instanceof Error ? error.message : error}`);
  }
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');

/** Namespace of modules that are made up while bundling. */
export const MADE_UP = 'milepost';

/**
 * Lambda hands a function its credentials in environment variables. The SDK would also look in profiles, single
 * sign-on, processes and token services, with the clients of three more services: a sixth of every bundle.
 */
const credentialsFromEnvironment: Plugin = {
  name: 'credentials-from-environment',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({
      path: 'credentials',
      namespace: MADE_UP,
    }));
    onLoad({ filter: /^credentials$/, namespace: MADE_UP }, () => ({
      contents: `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
      resolveDir: ROOT,
    }));
  },
};

/**
 * Errors that a client registers cannot be shaken off. Of an error that is not registered it makes its general exception,
 * with the same name and message: all that we look at of Systems Manager (80 KB) and Lambda, and of DynamoDB except for
 * those that are looked into (14 KB of every bundle). What is retried is recognised by name.
 */
const REGISTERED: Readonly<Record<string, RegExp>> = {
  ssm: /^n0_registry\.registerError\(.*\);$/gm,
  lambda: /^n0_registry\.registerError\(.*\);$/gm,
  dynamodb: /^n0_registry\.registerError\((?!ConditionalCheckFailed|TransactionCanceled).*\);$/gm,
};

const SCHEMAS = /client-([^/]*)\/dist-es\/schemas\/schemas_0\.js$/;

/** Of the schemas of a client only those stay that something uses. */
const schemasThatAreUsed: Plugin = {
  name: 'schemas-that-are-used',
  setup({ onLoad }) {
    onLoad({ filter: SCHEMAS }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const registered = REGISTERED[SCHEMAS.exec(path)?.[1] ?? ''];
      return { contents: withPlainKeys(registered ? source.replaceAll(registered, '') : source) };
    });
  },
};

/** Keys that are computed, as in `{ [_e]: 400 }`, might have an effect, and keep a schema from being shaken off. */
function withPlainKeys(source: string): string {
  const constants = new Map(
    [...source.matchAll(/^const (\w+) = (".*");$/gm)].map(([, name, text]) => [name, text]),
  );
  return source.replaceAll(/\[(\w+)\]: /g, (whole, name: string) =>
    constants.has(name) ? `${constants.get(name)}: ` : whole,
  );
}

/**
 * Every schema of zod carries the method that makes a JSON Schema of it, 18 KB that cannot be shaken off. `z.toJSONSchema`
 * does the same without the methods; it stays in the bundles that call it.
 */
const jsonSchemaWhereItIsAskedFor: Plugin = {
  name: 'json-schema-where-it-is-asked-for',
  setup({ onLoad }) {
    onLoad({ filter: /zod\/v4\/classic\/schemas\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8'))
        .replaceAll(/^ *inst\._zod\.processJSONSchema = .*;$/gm, '')
        .replaceAll(/create(Standard|To)JSONSchemaMethod\(this, .*?\)/g, 'undefined'),
    }));
  },
};

/**
 * What clients could do and none of ours does: look up an endpoint of its own for each account, and read
 * streams of events. 25 KB of every bundle.
 */
const withoutUnusedTransports: Plugin = {
  name: 'without-unused-transports',
  setup({ onLoad }) {
    onLoad({ filter: /middleware-endpoint-discovery\/.*\/index\.js$/ }, () => ({
      contents: `export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
        environmentVariableSelector: () => false, configFileSelector: () => false, default: false };
        export const resolveEndpointDiscoveryConfig = (config) => config;`,
    }));
    onLoad({ filter: /core\/dist-es\/submodules\/event-streams\/index\.js$/ }, () => ({
      contents: `export const EventStreamSerde = undefined, eventStreamSerdeProvider = undefined;
        export const resolveEventStreamSerdeConfig = (config) => config;`,
    }));
  },
};

/** Node has SHA-256 itself: the SDK brings its own for where it has not, 3 KB of every bundle. */
const hashesOfNode: Plugin = {
  name: 'hashes-of-node',
  setup({ onLoad }) {
    onLoad({ filter: /checksum\/sha256\/Sha256Js\.js$/ }, () => ({
      contents: 'export const Sha256Js = undefined;',
    }));
  },
};

/** A client says its version to the service, and brings its whole package file along for that: 2 KB each. */
const versionOfPackageAlone: Plugin = {
  name: 'version-of-package-alone',
  setup({ onLoad }) {
    onLoad({ filter: /@aws-sdk\/client-[^/]*\/package\.json$/ }, async ({ path }) => ({
      contents: JSON.stringify({ version: JSON.parse(await readFile(path, 'utf8')).version }),
      loader: 'json',
    }));
  },
};

/** A region belongs to the partition whose pattern it has: the SDK also lists them all, with what people call them, 4 KB. */
const regionsByTheirPattern: Plugin = {
  name: 'regions-by-their-pattern',
  setup({ onLoad }) {
    onLoad({ filter: /util-endpoints\/lib\/aws\/partitions\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll(
        /"regions": \{(?:[^{}]|\{[^{}]*\})*\}/g,
        '"regions": {}',
      ),
    }));
  },
};

/** Lambda says in an environment variable which region it is: the SDK would also ask the machine, 1 KB of every bundle. */
const regionFromEnvironment: Plugin = {
  name: 'region-from-environment',
  setup({ onLoad }) {
    onLoad({ filter: /regionConfig\/getInstanceMetadataRegion\.js$/ }, () => ({
      contents: 'export const getInstanceMetadataRegion = async () => undefined;',
    }));
  },
};

/** Clients retry in the standard way: the adaptive one, which no configuration of ours asks for, has a rate limiter, 3 KB of every bundle. */
const standardRetriesAlone: Plugin = {
  name: 'standard-retries-alone',
  setup({ onLoad }) {
    onLoad({ filter: /retry\/util-retry\/DefaultRateLimiter\.js$/ }, () => ({
      contents: 'export const DefaultRateLimiter = undefined;',
    }));
  },
};

/** Cuts from packages what is of no use in a function and does not shake off by itself. */
export const trimmedPackages: readonly Plugin[] = [
  credentialsFromEnvironment,
  schemasThatAreUsed,
  jsonSchemaWhereItIsAskedFor,
  withoutUnusedTransports,
  versionOfPackageAlone,
  hashesOfNode,
  regionsByTheirPattern,
  standardRetriesAlone,
  regionFromEnvironment,
];

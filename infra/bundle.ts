import { existsSync } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { BundleCache } from './bundle-cache.ts';
import type { FunctionDefinition } from './functions.ts';
import {
  bundleLibraries,
  bundleOptions,
  type Libraries,
  packagesAreLibraries,
  packagesInside,
} from './libraries.ts';

const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'build', 'functions');
const LIBRARIES_FOLDER = join(ROOT, 'build', 'libraries');

/** Bytes that a function may have, with all that it brings along: what is large takes long to start. */
export const LARGEST_FUNCTION = 450 * 1024;

/** Folder of a function's bundle: `index.mjs`, and the libraries that it imports. */
export const bundleFolder = (id: string): string => join(FOLDER, id);

/** Functions whose entry is not written yet. */
export const withoutEntry = (functions: readonly FunctionDefinition[]): readonly FunctionDefinition[] =>
  functions.filter(({ entry }) => !existsSync(join(ROOT, entry)));

/**
 * Bundles all functions in one go: an ECMAScript module each, minified, beside the libraries that it imports, the AWS
 * SDK among them. (The SDK of the Lambda runtime loads more slowly and changes without us.) Nothing is done while no
 * source has changed.
 */
export async function bundle(functions: readonly FunctionDefinition[]): Promise<void> {
  const entryPoints = functions.map(({ id, entry }) => ({ in: entry, out: join(id, 'index') }));
  const cache = new BundleCache(ROOT, join(FOLDER, 'inputs.json'), entryPoints);
  if (await cache.isCurrent()) return;
  for (const folder of [FOLDER, LIBRARIES_FOLDER]) await rm(folder, { recursive: true, force: true });
  const libraries = await bundleLibraries(
    functions.map(({ entry }) => entry),
    LIBRARIES_FOLDER,
  );
  const plain = await build({
    ...bundleOptions,
    entryPoints,
    outdir: FOLDER,
    plugins: [packagesAreLibraries],
  });
  const parts = entryPoints.map((entry) => ({ entry, ...partsOf(entry.out, plain.metafile, libraries) }));
  // A library has what any function uses of it: too much for those that are large by themselves. They get their packages
  // inside, with no more of them than they use.
  const isLarge = ({ bytes }: Pick<Parts, 'bytes'>) => bytes > LARGEST_FUNCTION;
  const whole = await build({
    ...bundleOptions,
    ...packagesInside,
    entryPoints: parts.filter(isLarge).map(({ entry }) => entry),
    outdir: FOLDER,
  });
  const copies = parts.filter((part) => !isLarge(part)).flatMap(({ copies }) => copies);
  await Promise.all(
    copies.map(async ({ from, to }) => {
      await mkdir(join(ROOT, dirname(to)), { recursive: true });
      await copyFile(from, join(ROOT, to));
    }),
  );
  await cache.remember([
    ...Object.keys(plain.metafile.inputs),
    ...libraries.sources,
    ...['infra/bundle.ts', 'infra/libraries.ts', 'infra/trimmed-packages.ts'],
    ...Object.keys({ ...plain.metafile.outputs, ...whole.metafile.outputs }),
    ...copies.map(({ to }) => to),
  ]);
}

/** What a function consists of when its packages are libraries. */
interface Parts {
  readonly bytes: number;
  readonly copies: readonly { readonly from: string; readonly to: string }[];
}

function partsOf(out: string, { outputs }: Metafile, libraries: Libraries): Parts {
  const path = join(relative(ROOT, FOLDER), `${out}.mjs`);
  const own = outputs[path];
  if (!own) throw new Error(`${path} was not bundled`);
  const files = libraries.filesFor(own.imports.map((one) => one.path));
  return {
    bytes: own.bytes + files.reduce((sum, { bytes }) => sum + bytes, 0),
    copies: files.map(({ file, from }) => ({ from, to: join(dirname(path), file) })),
  };
}

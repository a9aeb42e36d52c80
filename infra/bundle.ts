import { existsSync } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { BundleCache } from './bundle-cache.ts';
import type { FunctionDefinition } from './functions.ts';
import { bundleLibraries, bundleOptions, packagesAreLibraries } from './libraries.ts';

const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'build', 'functions');
const LIBRARIES_FOLDER = join(ROOT, 'build', 'libraries');

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
  const { metafile } = await build({
    ...bundleOptions,
    entryPoints,
    outdir: FOLDER,
    plugins: [packagesAreLibraries],
  });
  const outputs = Object.entries(metafile.outputs);
  const copies = outputs.flatMap(([output, { imports }]) =>
    [...libraries.filesFor(imports.map(({ path }) => path))].map(([file, from]) => ({
      from,
      to: join(dirname(output), file),
    })),
  );
  await Promise.all(
    copies.map(async ({ from, to }) => {
      await mkdir(join(ROOT, dirname(to)), { recursive: true });
      await copyFile(from, join(ROOT, to));
    }),
  );
  await cache.remember([
    ...Object.keys(metafile.inputs),
    ...libraries.sources,
    ...['infra/bundle.ts', 'infra/libraries.ts', 'infra/trimmed-packages.ts'],
    ...outputs.map(([output]) => output),
    ...copies.map(({ to }) => to),
  ]);
}

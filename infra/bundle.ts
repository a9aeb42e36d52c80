import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { FunctionDefinition } from './functions.ts';

const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'build', 'functions');

/** Folder of a function's bundle, which holds `index.mjs` and nothing else. */
export const bundleFolder = (id: string): string => join(FOLDER, id);

/** Functions whose entry is not written yet. */
export const withoutEntry = (functions: readonly FunctionDefinition[]): readonly FunctionDefinition[] =>
  functions.filter(({ entry }) => !existsSync(join(ROOT, entry)));

/**
 * Bundles all functions in one go: an ECMAScript module each, minified, with the AWS SDK inside. (The SDK of the
 * Lambda runtime loads more slowly and changes without us.)
 */
export async function bundle(functions: readonly FunctionDefinition[]): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: functions.map(({ id, entry }) => ({ in: entry, out: join(id, 'index') })),
    outdir: FOLDER,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Packages that ship both forms are taken as ECMAScript modules, which tree shaking can cut down.
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
}

import { join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { MADE_UP, trimmedPackages } from './trimmed-packages.ts';

const ROOT = join(import.meta.dirname, '..');

/** A bare import names a package (or, with `node:`, a module of the runtime); `#` is an import of this project. */
const BARE = /^[@a-z]/;
const isPackage = (path: string): boolean => !path.startsWith('node:');

const SHARED_OPTIONS = {
  absWorkingDir: ROOT,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  outExtension: { '.js': '.mjs' },
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
} as const;

/** What is bundled alike, functions and libraries. */
export const bundleOptions = { ...SHARED_OPTIONS, minify: true } as const;

/** How packages are bundled. */
export const packagesInside = {
  // Packages that ship both forms are taken as ECMAScript modules, which tree shaking can cut down.
  mainFields: ['module', 'main'],
  plugins: [...trimmedPackages],
};

/** Where a function's folder has the libraries that it imports. */
const LIBRARIES = 'node_modules';

/** What nearly all functions import is one library: each file takes its time as a function starts. */
const COMMON: ReadonlySet<string> = new Set([
  'zod',
  '@middy/core',
  '@aws-lambda-powertools/logger',
  '@aws-lambda-powertools/logger/middleware',
  '@aws-sdk/client-dynamodb',
  '@aws-sdk/lib-dynamodb',
]);

/** File of the library that a package became, or became a part of. */
const libraryFile = (name: string): string =>
  COMMON.has(name) ? 'common.mjs' : `${name.replaceAll('/', '-').replace('@', '')}.mjs`;

/** Leaves packages to the libraries in the function's folder. */
export const packagesAreLibraries: Plugin = {
  name: 'packages-are-libraries',
  setup({ onResolve }) {
    onResolve({ filter: BARE }, ({ path, kind }) =>
      kind !== 'entry-point' && isPackage(path)
        ? { path: `./${LIBRARIES}/${libraryFile(path)}`, external: true }
        : undefined,
    );
  },
};

/** The libraries of all functions. */
export interface Libraries {
  /** Source files that they were made of. */
  readonly sources: readonly string[];
  /** The files that a module with these imports needs: where in the function's folder, where it was built, and its size. */
  filesFor(
    imports: readonly string[],
  ): readonly { readonly file: string; readonly from: string; readonly bytes: number }[];
}

/**
 * Bundles the packages that functions import, once for all of them: of each package what is used of it, and apart what
 * several have in common. So every function has the same files of libraries, whatever it makes of them.
 */
export async function bundleLibraries(entries: readonly string[], folder: string): Promise<Libraries> {
  const packages = await importsOf(entries);
  const contents = new Map(
    [...Map.groupBy(packages, ([name]) => libraryFile(name))].map(([file, parts]) => [
      file,
      parts.map(([name, used]) => `export { ${used.join(', ')} } from '${name}';`).join('\n'),
    ]),
  );
  const { metafile } = await build({
    ...bundleOptions,
    ...packagesInside,
    entryPoints: [...contents.keys()].map((file) => ({ in: file, out: file.replace('.mjs', '') })),
    outdir: folder,
    splitting: true,
    plugins: [madeUpEntries(contents), ...packagesInside.plugins],
  });
  const built = new Map(Object.entries(metafile.outputs).map(([path, output]) => [nameOf(path), output]));
  return {
    sources: Object.keys(metafile.inputs).filter((input) => !input.startsWith(`${MADE_UP}:`)),
    filesFor(imports) {
      const needed = new Map<string, Metafile['outputs'][string]>();
      const add = (file: string) => {
        const output = built.get(file);
        if (!output) throw new Error(`${file} is none of the libraries`);
        if (needed.has(file)) return;
        needed.set(file, output);
        for (const { path, external } of output.imports) if (!external) add(nameOf(path));
      };
      for (const path of imports) if (path.startsWith(`./${LIBRARIES}/`)) add(nameOf(path));
      return [...needed].map(([file, { bytes }]) => ({
        file: `${LIBRARIES}/${file}`,
        from: join(folder, file),
        bytes,
      }));
    },
  };
}

const nameOf = (path: string): string => path.split('/').at(-1) ?? path;

function madeUpEntries(contents: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'made-up-entries',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /./ }, ({ path, kind }) =>
        kind === 'entry-point' ? { path, namespace: MADE_UP } : undefined,
      );
      onLoad({ filter: /\.mjs$/, namespace: MADE_UP }, ({ path }) => ({
        contents: contents.get(path) ?? '',
        resolveDir: ROOT,
      }));
    },
  };
}

/** What modules import from packages, by package: as esbuild writes it once it has left out what nothing uses. */
async function importsOf(entries: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const { outputFiles } = await build({
    ...SHARED_OPTIONS,
    stdin: {
      contents: entries.map((entry, index) => `export * as f${index} from './${entry}';`).join('\n'),
      resolveDir: ROOT,
    },
    plugins: [
      {
        name: 'packages-stay-outside',
        setup: ({ onResolve }) => onResolve({ filter: BARE }, ({ path }) => ({ path, external: true })),
      },
    ],
    write: false,
  });
  const text = outputFiles.map((file) => file.text).join('\n');
  const found = [...text.matchAll(/^import (?:(\w+)|\* as (\w+)|\{([^}]*)\}) from "([^"]+)";$/gm)].flatMap(
    ([, standard, namespace, named, name = '']) => {
      if (!isPackage(name)) return [];
      const used =
        standard !== undefined
          ? ['default']
          : namespace !== undefined
            ? [...text.matchAll(new RegExp(`\\b${namespace}\\.(\\w+)`, 'g'))].map(([, member = '']) => member)
            : (named ?? '').split(',').map((part) => part.trim().split(' as ')[0] ?? '');
      return used.map((member) => ({ name, member }));
    },
  );
  return new Map(
    [...Map.groupBy(found, ({ name }) => name)].map(([name, members]) => [
      name,
      [...new Set(members.map(({ member }) => member))].sort(),
    ]),
  );
}

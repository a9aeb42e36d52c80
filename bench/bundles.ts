import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle, bundleFolder, LARGEST_FUNCTION } from '#infra/bundle.ts';
import { FUNCTIONS } from '#infra/functions.ts';

/**
 * Bundles every function, then prints the size of each and how long Node takes to import it.
 * Exits with 1 when one is too large, or takes three times its time, or when many are so large that they share no packages.
 * `node bench/bundles.ts`
 */
const BUDGET_MS = 60;
/** Each import is measured in fresh processes; the best counts, which the machine's other work disturbs least. */
const RUNS = 3;
/** One that seems too slow is measured again: what is slow by itself stays slow. */
const RUNS_WHEN_SLOW = 15;
/** So few are so large that they have packages of their own inside: when connectors are, they import what they should not. */
const MOST_WITH_PACKAGES_INSIDE = 10;
/** A machine of CI is slower than the one that the budget is for. */
const FAILS_FROM_MS = 3 * BUDGET_MS;

/** Time on the clock or, when that is less, on the processor: a machine that is busy with something else only loses the former. */
const PROBE = `
  const begin = performance.now();
  const { user, system } = process.cpuUsage();
  await import(process.argv[1]);
  const used = process.cpuUsage();
  console.log(Math.min(performance.now() - begin, (used.user - user + used.system - system) / 1000));
  process.exit();
`;

/** Milliseconds that a fresh process takes to import the module. */
function importTime(file: string): number {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', PROBE, pathToFileURL(file).href],
    {
      encoding: 'utf8',
      env: { AWS_REGION: 'eu-north-1', AWS_LAMBDA_FUNCTION_NAME: 'bench' },
    },
  );
  if (status !== 0) throw new Error(`${file} cannot be imported: ${stderr}`);
  return Number(stdout);
}

const bestTime = (file: string, runs: number): number =>
  Math.min(...Array.from({ length: runs }, () => importTime(file)));

/** Bytes of all files in a folder. */
const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);

await bundle(FUNCTIONS);

const rows = FUNCTIONS.map(({ id }) => {
  const file = join(bundleFolder(id), 'index.mjs');
  const bytes = sizeOf(bundleFolder(id));
  const best = bestTime(file, RUNS);
  const ms = best < FAILS_FROM_MS ? best : bestTime(file, RUNS_WHEN_SLOW);
  const isAlone = !existsSync(join(bundleFolder(id), 'node_modules'));
  return { id, bytes, ms, isAlone, over: bytes > LARGEST_FUNCTION || ms > BUDGET_MS };
}).sort((a, b) => b.bytes - a.bytes);

for (const { id, bytes, ms, over } of rows)
  console.log(
    `${(bytes / 1024).toFixed(0).padStart(4)} KB ${ms.toFixed(0).padStart(4)} ms  ${id}${over ? '  OVER BUDGET' : ''}`,
  );
const alone = rows.filter(({ isAlone }) => isAlone).length;
console.log(
  `Budget: ${LARGEST_FUNCTION / 1024} KB, ${BUDGET_MS} ms; ${rows.length} bundles, ${alone} of them with packages of their own`,
);
if (rows.some(({ bytes, ms }) => bytes > LARGEST_FUNCTION || ms >= FAILS_FROM_MS)) process.exitCode = 1;
if (alone > MOST_WITH_PACKAGES_INSIDE) process.exitCode = 1;

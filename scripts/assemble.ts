import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const assembly = join(root, 'cdk.out');
/** Keeps the hash of what the assembly was made from. */
const stamp = join(assembly, '.sources');

/** Everything that the templates and bundles are made from. */
const sources = [
  'infra',
  'functions',
  'shared',
  'state-machines',
  'cdk.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

/**
 * Makes the CDK cloud assembly current: synthesizes it when a source has changed since it was made.
 * @returns its folder
 * @throws with what the CDK app wrote, when it fails
 */
export async function assemble(tell: (text: string) => void = () => {}): Promise<string> {
  const current = hashOf(sources);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === current) return assembly;
  tell('Synthesizing the CDK app …');
  rmSync(stamp, { force: true });
  await synthesize();
  mkdirSync(assembly, { recursive: true });
  writeFileSync(stamp, current);
  return assembly;
}

async function synthesize(): Promise<void> {
  const app = spawn(process.execPath, [join(root, 'infra', 'app.ts')], {
    cwd: root,
    env: { ...process.env, CDK_OUTDIR: assembly },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [app.stdout, app.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk;
    });
  const [code] = await once(app, 'close');
  if (code !== 0) throw new Error(`The CDK app could not be synthesized:\n${output.trim()}`);
}

function hashOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of paths.flatMap(filesIn))
    hash.update(`${relative(root, file)}\n`).update(readFileSync(file));
  return hash.digest('hex');
}

/** The files in a folder, however deep, in a stable order; a file is its own. */
function filesIn(path: string): string[] {
  const absolute = join(root, path);
  if (statSync(absolute).isFile()) return [absolute];
  return readdirSync(absolute, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

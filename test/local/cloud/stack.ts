import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';

/** Writes the assembly of a stack named `Small` and answers its folder. */
export async function assemblyOf(fill: (stack: Stack) => void): Promise<string> {
  const outdir = await mkdtemp(join(tmpdir(), 'embedded-cloud-test-'));
  const app = new App({ outdir, analyticsReporting: false });
  fill(new Stack(app, 'Small'));
  app.synth();
  return outdir;
}

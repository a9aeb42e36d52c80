import { readFile } from 'node:fs/promises';
import { runCase } from './cases/run.ts';

/** Runs the case in the file named on the command line and prints what came of it as JSON. */
const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: run-case.ts FILE');
  process.exitCode = 2;
} else {
  const result = await runCase(JSON.parse(await readFile(file, 'utf8')));
  console.log(JSON.stringify(result, null, 1));
}

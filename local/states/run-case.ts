import { type CaseResult, runCaseFile } from './cases/run.ts';

/** Runs the case in the file named on the command line; prints what came of it, one JSON document in any case. */
const [file] = process.argv.slice(2);
const result: CaseResult =
  file === undefined
    ? { status: 'NOT_RUN', error: 'Usage', cause: 'npm run --silent asl -- FILE', events: [] }
    : await runCaseFile(file);
process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
if (result.status === 'NOT_RUN') process.exitCode = 1;

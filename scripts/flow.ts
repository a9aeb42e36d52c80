/**
 * Prints a flow as a Mermaid picture, or with `--asl` as the state machine that it compiles to; without a name it
 * lists the flows.
 */
import { parseArgs } from 'node:util';
import { FLOWS } from '#state-machines/catalogue.ts';
import { compileFlow } from '#state-machines/compiler/asl.ts';
import { toMermaid } from '#state-machines/compiler/mermaid.ts';
import { READABLE } from '#state-machines/compiler/resources.ts';
import { closest } from './closest.ts';

const USAGE = 'Usage: npm run --silent flow -- [<flow> [--asl]]';

try {
  const { values, positionals } = parseArgs({
    options: {
      asl: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
    allowPositionals: true,
  });
  const [id, ...rest] = positionals;
  if (values.help) console.log(USAGE);
  else if (rest.length > 0) fail(`One flow at a time.\n${USAGE}`);
  else if (id === undefined) list();
  else print(id, values.asl);
} catch (error) {
  fail(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
}

function list(): void {
  const width = Math.max(...FLOWS.map((flow) => flow.id.length));
  for (const { id, title } of FLOWS) console.log(`${id.padEnd(width)}  ${title}`);
}

function print(id: string, asl: boolean): void {
  const flow = FLOWS.find((candidate) => candidate.id === id);
  if (flow) console.log(asl ? JSON.stringify(compileFlow(flow, READABLE), undefined, 2) : toMermaid(flow));
  else fail(unknown(id));
}

function unknown(id: string): string {
  const meant = closest(
    id,
    FLOWS.map((flow) => flow.id),
  );
  const hint = meant.length > 0 ? `Did you mean ${meant.join(' or ')}?` : 'Run it without a name for a list.';
  return `There is no flow ${id}. ${hint}`;
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

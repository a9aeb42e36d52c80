import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const profileSchema = z.object({
  nodes: z.array(
    z.object({ id: z.number(), callFrame: z.object({ functionName: z.string(), url: z.string() }) }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

/** Processor time by component, in milliseconds. */
export type Shares = ReadonlyMap<string, number>;

/** What a source file belongs to; the first that matches. */
const COMPONENTS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['functions (bundles)', /\/build\/functions\/|\/asset\.|index\.mjs/],
  ['interpreter', /\/local\/states\/|\/jsonata\//],
  ['queues (fauxqs)', /\/fauxqs\/|\/fastify\/|light-my-request|find-my-way|\/local\/queues\.ts/],
  ['event sources', /\/local\/event-sources\//],
  [
    'HTTP API, gateway, permissions',
    /\/local\/(api|http-|wire|gateway|permissions|polic|accesses|wildcard|arn)/,
  ],
  ['DynamoDB client', /\/local\/(dynamodb|stream-record|time-to-live)/],
  ['schemas (zod)', /\/zod\//],
  ['embedded cloud, rest', /\/local\//],
  ['Node.js: HTTP, sockets, streams', /^node:(_http|http|net|stream|internal\/stream|events|internal\/http)/],
  ['Node.js: loading modules', /^node:(internal\/modules|vm)/],
  ['Node.js, rest', /^node:/],
];

/** Sums the profiles that `--cpu-prof` wrote to a folder. */
export function sharesOf(folder: string): Shares {
  const shares = new Map<string, number>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'))) {
    const { nodes, samples, timeDeltas } = profileSchema.parse(
      JSON.parse(readFileSync(join(folder, file), 'utf8')),
    );
    const components = new Map(nodes.map(({ id, callFrame }) => [id, componentOf(callFrame)]));
    samples.forEach((id, index) => {
      const component = components.get(id) ?? 'unknown';
      shares.set(component, (shares.get(component) ?? 0) + (timeDeltas[index] ?? 0) / 1000);
    });
  }
  shares.delete('idle');
  return new Map([...shares].sort(([, a], [, b]) => b - a));
}

function componentOf({ functionName, url }: { functionName: string; url: string }): string {
  if (functionName === '(idle)') return 'idle';
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (functionName === '(program)') return 'native code, sockets';
  return (
    COMPONENTS.find(([, pattern]) => pattern.test(url))?.[0] ??
    (url === '' ? 'native code, sockets' : 'other packages')
  );
}

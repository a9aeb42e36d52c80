import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { OFFERINGS } from '#shared/catalogue/offerings.ts';
import { FLOWS } from '#state-machines/catalogue.ts';
import { toMermaid } from '#state-machines/compiler/mermaid.ts';
import { flowPages } from '#state-machines/documentation/pages.ts';
import { validateCatalogue } from '#state-machines/language/validate.ts';
import { offering, rental } from './rented-hardware.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const FOLDER = path.join(ROOT, 'docs', 'flows');

/** Runs one of the project's scripts. */
const run = (script: string, ...args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [path.join(ROOT, 'scripts', script), ...args],
      { cwd: ROOT },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

describe('docs/flows', () => {
  it('is what `npm run flow:docs` writes', async () => {
    const pages = flowPages(FLOWS);
    expect((await readdir(FOLDER)).sort()).toEqual(pages.map(({ file }) => file).sort());
    for (const { file, content } of pages)
      expect(await readFile(path.join(FOLDER, file), 'utf8'), file).toBe(content);
  });

  it('has a link to every flow', () => {
    const [index] = flowPages(FLOWS);
    for (const { id } of FLOWS) expect(index?.content).toContain(`[\`${id}\`]`);
  });

  it('says what a flow makes of the desk and the rejections of a task', () => {
    const page = (file: string) => flowPages(FLOWS).find((one) => one.file === file)?.content;
    expect(page('number.md')).toContain('| desk Number porting desk |');
    expect(page('mobile-broadband.md')).toContain(
      '| Carrier delivers | `LOST` | goes to the desk Warehouse back-order, to have `sim` put right and done again;',
    );
  });

  it('can be checked from the command line', async () => {
    expect(await run('flow-docs.ts', '--check')).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

describe('docs/adding-a-flow.md', () => {
  it('shows a flow and an offering that are sound', async () => {
    const [page, example] = await Promise.all(
      ['docs/adding-a-flow.md', 'test/flows/rented-hardware.ts'].map((file) =>
        readFile(path.join(ROOT, file), 'utf8'),
      ),
    );
    for (const declaration of example?.split('\n\nexport ').slice(1) ?? [])
      expect(page).toContain(`export ${declaration.trimEnd()}`);
    expect(validateCatalogue([...FLOWS, rental], [...OFFERINGS, offering])).toEqual([]);
  });

  it('quotes a real message', async () => {
    const page = await readFile(path.join(ROOT, 'docs/adding-a-flow.md'), 'utf8');
    const broken = {
      ...rental,
      steps: rental.steps.filter(({ id }) => id !== 'reserve'),
    };
    const [message = ''] = validateCatalogue([...FLOWS, broken], [...OFFERINGS, offering]);
    expect(page.replaceAll('\n', ' ')).toContain(message);
  });
});

describe('toMermaid', () => {
  it('draws branches side by side and joins them', () => {
    const box = FLOWS.find(({ id }) => id === 'set-top-box.create');
    const lines = box
      ? toMermaid(box)
          .split('\n')
          .map((line) => line.trim())
      : [];
    expect(lines).toEqual(
      expect.arrayContaining([
        'step_pick[/"Pick and scan<br/>desk: Warehouse picking<br/>⚑ HW_SCANNED"\\]',
        expect.stringMatching(/^gate_pick\{\{"Wait for the line date/),
        'step_ship["Ship<br/>✉ HW_SHIPPED<br/>soft point of no return"]',
        'step_deliver("Carrier delivers<br/>⚑ HW_DELIVERED")',
        'step_pick --> step_provision',
        'step_pick --> step_ship',
        'step_provision --> step_deliver',
        'step_deliver --> step_online',
        'class step_ship soft',
      ]),
    );
  });

  it('draws a condition with both its ways', () => {
    const manage = FLOWS.find(({ id }) => id === 'order.manage');
    const picture = manage ? toMermaid(manage) : '';
    expect(picture).toContain('ask_2{"Wait out the withdrawal period?"}');
    expect(picture).toContain('ask_2 -->|yes| step_withdrawal');
    expect(picture).toContain('ask_2 -->|no| step_plan');
    expect(picture).toContain('step_withdrawal(["Wait for the withdrawal period"])');
  });

  it.each(FLOWS.map((flow) => [flow.id, flow] as const))(
    '%s: every arrow and class is of a node',
    (_id, flow) => {
      const lines = toMermaid(flow)
        .split('\n')
        .map((line) => line.trim());
      const nodes = new Set(lines.flatMap((line) => /^(\w+)[[({]/.exec(line)?.[1] ?? []));
      for (const line of lines) {
        const arrow = /^(\w+) -->(?:\|\w+\|)? (\w+)$/.exec(line);
        const styled = /^class ([\w,]+) \w+$/.exec(line)?.[1]?.split(',') ?? [];
        for (const name of [...(arrow?.slice(1) ?? []), ...styled]) expect(nodes).toContain(name);
      }
      for (const { id } of flow.steps) expect(nodes).toContain(`step_${id}`);
    },
  );
});

describe('npm run flow', () => {
  it('lists the flows', async () => {
    const { code, stdout } = await run('flow.ts');
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(FLOWS.length);
  });

  it('prints a picture', async () => {
    const { code, stdout } = await run('flow.ts', 'set-top-box.create');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^flowchart TD\n/);
  });

  it('prints the state machine', async () => {
    const { stdout } = await run('flow.ts', 'set-top-box.create', '--asl');
    const { States } = z.object({ States: z.record(z.string(), z.unknown()) }).parse(JSON.parse(stdout));
    expect(Object.keys(States)).toContain('Pick and scan');
  });

  it.each([
    ['settopbox.create', 'There is no flow settopbox.create. Did you mean set-top-box.create?'],
    ['iptv', 'There is no flow iptv. Did you mean iptv.cease or iptv.create or iptv.modify.package?'],
    ['zzz', 'There is no flow zzz. Run it without a name for a list.'],
  ])('%s is not a flow', async (id, message) => {
    const { code, stdout, stderr } = await run('flow.ts', id);
    expect({ code, stdout, stderr: stderr.trim() }).toEqual({ code: 1, stdout: '', stderr: message });
  });
});

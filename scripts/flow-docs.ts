/**
 * Writes `docs/flows/` from the flows; `--check` writes nothing and fails when a page is not what it would write.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { FLOWS } from '#state-machines/catalogue.ts';
import { flowPages } from '#state-machines/documentation/pages.ts';

const FOLDER = path.join(import.meta.dirname, '..', 'docs', 'flows');

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const pages = flowPages(FLOWS);
const wanted = new Map(pages.map(({ file, content }) => [file, content]));

await mkdir(FOLDER, { recursive: true });
const present = (await readdir(FOLDER)).filter((file) => file.endsWith('.md'));
const outdated = pages.filter(({ file }) => !present.includes(file)).map(({ file }) => file);
for (const file of present)
  if ((await readFile(path.join(FOLDER, file), 'utf8')) !== wanted.get(file)) outdated.push(file);

if (values.check && outdated.length > 0) {
  console.error(`Not current in docs/flows: ${outdated.sort().join(', ')}. Run: npm run flow:docs`);
  process.exitCode = 1;
}
if (!values.check) {
  for (const file of present) if (!wanted.has(file)) await rm(path.join(FOLDER, file));
  for (const { file, content } of pages) await writeFile(path.join(FOLDER, file), content);
  console.log(outdated.length > 0 ? `Written: ${outdated.sort().join(', ')}` : 'All pages were current');
}

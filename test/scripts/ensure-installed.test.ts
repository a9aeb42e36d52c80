import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT, run } from '#test/support/run-script.ts';

describe('installing what is missing', () => {
  let project: string;

  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), 'milepost-installed-'));
    mkdirSync(join(project, 'scripts'));
    mkdirSync(join(project, 'node_modules'));
    cpSync(join(ROOT, 'scripts/ensure-installed.mjs'), join(project, 'scripts/ensure-installed.mjs'));
    // Stands in for npm: writes down what it is asked.
    writeFileSync(
      join(project, 'npm.cjs'),
      `require('node:fs').writeFileSync(${JSON.stringify(join(project, 'asked'))}, process.argv.slice(2).join(' '))`,
    );
  });

  afterEach(() => rmSync(project, { recursive: true, force: true }));

  const lock = (file: string, packages: Record<string, unknown>) =>
    writeFileSync(join(project, file), JSON.stringify({ packages: { '': {}, ...packages } }));

  const ensure = () =>
    run(process.execPath, [join(project, 'scripts/ensure-installed.mjs')], {
      cwd: tmpdir(),
      env: { npm_execpath: join(project, 'npm.cjs') },
    });

  const wanted = {
    'node_modules/a': { version: '1.0.0' },
    'node_modules/for-windows': { version: '2.0.0', optional: true },
  };

  it('says and does nothing when everything is there', async () => {
    lock('package-lock.json', wanted);
    lock('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.0' } });
    expect(await ensure()).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(() => readFileSync(join(project, 'asked'))).toThrow();
  });

  it.each([
    ['a package is missing', {}],
    ['a package is of another version', { 'node_modules/a': { version: '0.9.0' } }],
    [
      'an optional package is of another version',
      { ...wanted, 'node_modules/for-windows': { version: '1.0.0' } },
    ],
  ])('runs npm ci when %s', async (_why, installed) => {
    lock('package-lock.json', wanted);
    lock('node_modules/.package-lock.json', installed);
    expect((await ensure()).code).toBe(0);
    expect(readFileSync(join(project, 'asked'), 'utf8')).toMatch(/^ci\b/);
  });

  it('runs npm ci when nothing was ever installed, and fails as it fails', async () => {
    lock('package-lock.json', wanted);
    rmSync(join(project, 'node_modules'), { recursive: true });
    writeFileSync(join(project, 'npm.cjs'), 'process.exit(7)');
    expect((await ensure()).code).toBe(7);
  });
});

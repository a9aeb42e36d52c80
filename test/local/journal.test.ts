import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { Journal } from '#local/data/journal.ts';
import { TimeFile } from '#local/data/time-file.ts';

let path: string;
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'journal-test-')), 'things.jsonl');
});

const open = () => new Journal(path, z.object({ n: z.number() }));

test('what was set or deleted is there when it is opened again, without being closed', () => {
  const first = open();
  first.set('a', { n: 1 });
  first.set('b', { n: 2 });
  first.set('a', { n: 3 });
  first.delete('b');
  first.delete('never');
  first.set('c', { n: 4 });
  expect([...open().entries()]).toEqual([
    ['a', { n: 3 }],
    ['c', { n: 4 }],
  ]);
});

test('half a line at the end is not there, and nothing after it is harmed', () => {
  open().set('a', { n: 1 });
  appendFileSync(path, '["b",{"n":');
  const second = open();
  second.set('c', { n: 3 });
  expect([...open().entries()].map(([key]) => key)).toEqual(['a', 'c']);
});

test('the file does not grow for ever', () => {
  const journal = open();
  for (let n = 0; n < 20_000; n++) journal.set('a', { n });
  expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThan(6000);
  expect(open().get('a')).toEqual({ n: 19_999 });
});

test('a closed one writes nothing more', () => {
  const journal = open();
  journal.set('a', { n: 1 });
  journal.close();
  journal.set('a', { n: 2 });
  journal.delete('a');
  expect(open().get('a')).toEqual({ n: 1 });
});

test('a time is replaced as a whole', () => {
  const file = join(path, '..', 'clock');
  expect(new TimeFile(file).read()).toBeUndefined();
  const time = new TimeFile(file);
  time.write(1_800_000_000_000);
  time.write(1_800_000_000_123);
  expect(new TimeFile(file).read()).toBe(1_800_000_000_123);
});

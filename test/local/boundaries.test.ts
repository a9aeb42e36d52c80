import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '#test/support/run-script.ts';

/** What is deployed, or would be called by it. */
const PRODUCT = ['infra', 'functions', 'shared', 'state-machines', 'simulator'] as const;

/** What the product is about; none of it is the business of a cloud. */
const WORDS_OF_THE_PRODUCT =
  /\b(milepost|milestones?|suborders?|fallout|desks?|work ?items?|customers?|carriers?|technicians?|telecom|fibre|tmf\d*|product ?orders?)\b/i;

/** Ways to real time past `Date`, which tells the embedded time wherever a clock is not the real one. */
const REAL_TIME =
  /\b(setTimeout|setInterval|timers\/promises|performance\.now|hrtime|uptime|Temporal|machineNow|AbortSignal\.timeout)\b/;

/** Where real time is meant, and what for; in order. */
const REAL_TIME_WITH_REASON: Readonly<Record<string, string>> = {
  'local/activity.ts': 'how long a reader of a stream lets others go first',
  'local/client.ts': 'looks at a cloud in another process every now and then',
  'local/clock.ts': 'the clock that runs by itself',
  'local/cloud.ts': 'gives what is under way a moment to end; keeps the time on file',
  'local/dynamodb/dynamodb-process.ts': 'waits for a process to start',
  'local/functions/copies.ts': 'how long it takes to start an instance of a function',
  'local/functions/lambda.ts': 'what an invocation is billed with when no time is given',
  'local/functions/worker-thread.ts': "a function's time-out",
  'local/functions/worker.ts': 'the time that a function has left',
  'local/pace.ts': 'moves the clock as much faster as was asked for',
  'local/shared-time.ts': 'the embedded time itself',
  'shared/clients/underlying-system.ts': 'how long a system may take to answer',
  'shared/store/guarded-writes.ts':
    'a pause of milliseconds before a transaction that was in the way of another is tried again',
  'shared/store/orders.ts':
    'a pause of milliseconds before a transaction that was in the way of another is tried again',
  'shared/undelivered/stream-positions.ts': 'how long a consumer may take',
};

interface Line {
  readonly file: string;
  readonly text: string;
}

/** Every line of code in these folders. */
function linesOf(...folders: readonly string[]): Line[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => join(ROOT, folder, name))
      .filter((path) => ['.ts', '.mjs', '.json'].includes(extname(path)))
      .flatMap((path) =>
        readFileSync(path, 'utf8')
          .split('\n')
          .map((text) => ({ file: relative(ROOT, path), text })),
      ),
  );
}

const matching = (lines: readonly Line[], pattern: RegExp): string[] =>
  lines.filter(({ text }) => pattern.test(text)).map(({ file, text }) => `${file}: ${text.trim()}`);

describe('the embedded cloud', () => {
  it('imports nothing of the product', () => {
    const imported = linesOf('local').flatMap(({ file, text }) => {
      const [, from = ''] = /\bfrom '([^']+)'|\bimport\('([^']+)'\)/.exec(text) ?? [];
      const leaves = from.startsWith('.') && !join(file, '..', from).startsWith('local');
      return leaves || (from.startsWith('#') && !from.startsWith('#local/')) ? [`${file}: ${from}`] : [];
    });
    expect(imported).toEqual([]);
  });

  it('has no word for what the product is about', () => {
    expect(matching(linesOf('local'), WORDS_OF_THE_PRODUCT)).toEqual([]);
  });

  it('is not known to the product', () => {
    expect(matching(linesOf(...PRODUCT), /#local|\blocal\/|_local\b|embedded cloud/i)).toEqual([]);
  });

  it('has real time only where that is meant, and so has the product', () => {
    const found = linesOf('local', 'functions', 'shared', 'state-machines').filter(({ text }) =>
      REAL_TIME.test(text.replace(/^\s*(\/\/|\/?\*).*$/, '')),
    );
    const files = [...new Set(found.map(({ file }) => file))].sort();
    expect(files).toEqual(Object.keys(REAL_TIME_WITH_REASON));
  });
});

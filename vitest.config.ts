import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Packages are compiled once, not by each file's process.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache');

const flows = 'test/flows/**/*.test.ts';
/** Months of waiting and thousands of retries; a cancel at each step: commands of their own, not part of `npm test`. */
const troubled = 'test/flows/generated/{troubled,ended}.test.ts';
const cancelled = 'test/flows/generated/cancelled.test.ts';

/** They replace AWS's clients or the log for functions as a whole, or start platforms: each has a process of its own. */
const alone =
  'test/{clients,intake,local/cloud,local/functions,platform,scripts,undelivered,waits}/**/*.test.ts';

/**
 * What starts first: the longest file, the other flow tests, parts that start a platform of their own; and in the end
 * short ones, so that no worker is left alone with a long one.
 */
const ORDER = ['/test/flows/generated/happy.', '/test/flows/', '/test/platform/', '/test/local/cloud/'];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const index = ORDER.findIndex((part) => moduleId.includes(part));
      return index < 0 ? ORDER.length : index;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

const limits = { testTimeout: 180_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    // Here only: projects that extend this would each do it again.
    globalSetup: ['test/support/setup.ts'],
    sequence: { sequencer: LongFirst },
    projects: [
      {
        test: {
          ...limits,
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: [flows, alone],
          isolate: false,
          // By default one core is left free: on two cores that is half of them.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...limits,
          name: 'alone',
          include: [alone],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Without isolation, so that all files of a worker share one platform.
        test: {
          ...limits,
          name: 'flows',
          include: [flows],
          exclude: [troubled, cancelled],
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...limits,
          name: 'troubles',
          include: [troubled],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...limits,
          name: 'cancels',
          include: [cancelled],
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});

import { defineConfig } from 'vitest/config';

const flows = 'test/flows/**/*.test.ts';
const generated = 'test/flows/generated/**/*.test.ts';
const troubled = 'test/flows/generated/troubled.test.ts';

export default defineConfig({
  test: {
    testTimeout: 180_000,
    hookTimeout: 120_000,
    globalSetup: ['test/support/assemble.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: [flows],
          // By default one core is left free: on two cores that is half of them.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        // One after the other in one process: all flow tests share one platform.
        test: {
          name: 'flows',
          include: [flows],
          exclude: [generated],
          isolate: false,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        // They move the clock by months: on a platform of their own, beside the others.
        test: {
          name: 'generated',
          include: [generated],
          exclude: [troubled],
          isolate: false,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        // Months of waiting and thousands of retries: `npm run test:troubles`, not part of `npm test`.
        test: {
          name: 'troubles',
          include: [troubled],
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});

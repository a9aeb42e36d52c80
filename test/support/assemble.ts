import { assemble } from '#scripts/assemble.ts';

/** Makes the cloud assembly current before any test, so that no two tests do it at the same time. */
export default async function setup(): Promise<void> {
  await assemble((text) => process.stdout.write(`${text}\n`));
}

import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { bundle, bundleFolder, withoutEntry } from './bundle.ts';
import { CONTEXT } from './context.ts';
import { FUNCTIONS } from './functions.ts';
import { addStacks } from './milepost.ts';
import { acknowledgeExceptions } from './nag-exceptions.ts';

/**
 * Writes the cloud assembly: `node infra/app.ts`, or the CDK command line through `cdk.json`. Needs neither AWS
 * credentials nor Docker, and gives the same templates for every account and region.
 */
const missing = withoutEntry(FUNCTIONS);
if (missing.length > 0) throw new Error(missing.map(({ id, entry }) => `${id} has no ${entry}`).join('\n'));
await bundle(FUNCTIONS);

const app = new App({
  outdir: process.env.CDK_OUTDIR ?? 'cdk.out',
  context: CONTEXT,
  analyticsReporting: false,
  // It takes three times as long as all the rest; cfn-lint checks the templates in continuous integration.
  builtinCloudFormationValidation: false,
});
addStacks(app, FUNCTIONS, bundleFolder);
acknowledgeExceptions(app);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
app.synth();

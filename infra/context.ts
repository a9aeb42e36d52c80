/**
 * Feature flags of the CDK. They stand here and not in cdk.json, which only the CDK's command line reads: so that
 * the templates are the same whichever way the app is run.
 */
export const CONTEXT: Readonly<Record<string, boolean | string>> = {
  '@aws-cdk/aws-iam:minimizePolicies': true,
  '@aws-cdk/core:checkSecretUsage': true,
  '@aws-cdk/core:stablePropertiesOrder': true,
  '@aws-cdk/aws-lambda:useCdkManagedLogGroup': false,
  // A table or queue that others use must not be removed from under them.
  '@aws-cdk/core:defaultCrossStackReferences': 'strong',
};

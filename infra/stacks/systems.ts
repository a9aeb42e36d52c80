import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { SYSTEMS, type SystemId } from '#shared/domain/systems.ts';
import { baseUrlName, credentialName } from '../names.ts';

/** Stands in until an operator enters the real address; `.invalid` never resolves (RFC 2606). */
const placeholderUrl = (system: SystemId) => `https://${system}.invalid`;

/**
 * Stateful: where each underlying system is and how we prove who we are. The values are entered by an operator
 * (docs/deploying.md) and no deployment changes them back, since CloudFormation writes only what changes in the template.
 */
export class SystemsStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, {
      ...props,
      description: 'Milepost: addresses and credentials of the underlying systems',
      terminationProtection: true,
    });
    for (const system of SYSTEMS) {
      new StringParameter(this, `BaseUrl-${system}`, {
        parameterName: baseUrlName(system),
        description: `Base URL of ${system}`,
        stringValue: placeholderUrl(system),
      });
      // A random text until the real credential is entered: no secret is ever in a template.
      new Secret(this, `Credential-${system}`, {
        secretName: credentialName(system),
        description: `Bearer token that ${system} gave us`,
        removalPolicy: RemovalPolicy.RETAIN,
      });
    }
  }
}

import type { AssemblyResource } from '../cloudformation/assembly.ts';
import { propertiesOf, roleSchema } from '../cloudformation/resource-schemas.ts';
import { isAllowed, type Policy, parsePolicy } from './policies.ts';

/** Whether a role of the assembly lets a service such as `scheduler.amazonaws.com` assume it. */
export type RoleTrust = (roleArn: string, service: string, sourceArn: string) => boolean;

/** Reads the trust policies of an assembly's roles. */
export function roleTrust(resources: readonly AssemblyResource[], account: string): RoleTrust {
  const policies = new Map<string, Policy>();
  for (const resource of resources)
    if (resource.type === 'AWS::IAM::Role' && resource.arn !== undefined) {
      const { AssumeRolePolicyDocument } = propertiesOf(roleSchema, resource);
      policies.set(resource.arn, parsePolicy(AssumeRolePolicyDocument, resource.logicalId, 'resource'));
    }
  return (roleArn, service, sourceArn) => {
    const policy = policies.get(roleArn);
    return (
      policy !== undefined &&
      isAllowed([policy], {
        action: 'sts:AssumeRole',
        resource: roleArn,
        principal: { type: 'Service', id: service },
        context: { 'aws:SourceAccount': account, 'aws:SourceArn': sourceArn },
      })
    );
  };
}

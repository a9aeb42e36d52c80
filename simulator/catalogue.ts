import type { Operation } from './operation.ts';
import { billingOperations } from './systems/billing.ts';
import { fieldOperations } from './systems/field.ts';
import { logisticsOperations } from './systems/logistics.ts';
import { managementOperations } from './systems/management.ts';
import { networkOperations } from './systems/network.ts';
import { voiceOperations } from './systems/voice.ts';

/** Everything that the underlying systems can be asked to do. */
export const operations: readonly Operation[] = [
  ...managementOperations,
  ...billingOperations,
  ...logisticsOperations,
  ...fieldOperations,
  ...networkOperations,
  ...voiceOperations,
];

/** The ids of the underlying systems. */
export const systems: readonly string[] = [
  ...new Set(operations.map((operation) => operation.system)),
].sort();

const byPath = new Map(operations.map((operation) => [`${operation.system}/${operation.name}`, operation]));

/** The operation of a system by name; an underscore counts as a hyphen. */
export function findOperation(system: string, name: string): Operation | undefined {
  return byPath.get(`${system}/${name.replaceAll('_', '-')}`);
}

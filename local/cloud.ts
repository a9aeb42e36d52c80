import type { CloudResources, FaultPlan, LogLine, MeterReading } from './admin-model.ts';
import type { CloudOptions } from './options.ts';

/** A cloud assembly running in this process. Replaces the process's `Date` unless its clock is the real one. */
export class EmbeddedCloud {
  static async start(_options: CloudOptions): Promise<EmbeddedCloud> {
    throw new Error('not yet built');
  }
}
export type { CloudOptions, CloudResources, FaultPlan, LogLine, MeterReading };

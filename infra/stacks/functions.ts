import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ServiceFunction } from '../constructs/service-function.ts';
import type { FunctionDefinition } from '../functions.ts';
import type { Platform } from '../platform.ts';

export interface FunctionsStackProps extends StackProps {
  readonly functions: readonly FunctionDefinition[];
  readonly platform: Platform;
  /** Folder with a function's `index.mjs`. */
  readonly codeFolder: (functionId: string) => string;
}

/** Stateless: functions that are deployed together, each with what feeds it. */
export class FunctionsStack extends Stack {
  readonly services: readonly ServiceFunction[];

  constructor(
    scope: Construct,
    id: string,
    { functions, platform, codeFolder, ...props }: FunctionsStackProps,
  ) {
    super(scope, id, props);
    this.services = functions.map(
      (definition) => new ServiceFunction(this, { definition, platform, code: codeFolder(definition.id) }),
    );
  }
}

import type { App, StackProps } from 'aws-cdk-lib';
import type { Product } from '#shared/domain/products.ts';
import { FLOWS } from '#state-machines/catalogue.ts';
import { type Flow, productsOf } from '#state-machines/language/flow.ts';
import type { FunctionDefinition, FunctionGroup } from './functions.ts';
import type { Platform } from './platform.ts';
import { AlarmsStack } from './stacks/alarms.ts';
import { ApiStack } from './stacks/api.ts';
import { BulkRepairStack } from './stacks/bulk-repair.ts';
import { CorrespondenceStack } from './stacks/correspondence.ts';
import { DataStack } from './stacks/data.ts';
import { FlowsStack } from './stacks/flows.ts';
import { FunctionsStack } from './stacks/functions.ts';
import { MessagingStack } from './stacks/messaging.ts';
import { SystemsStack } from './stacks/systems.ts';

type FlowGroup = 'orders' | 'access' | 'copper' | 'devices' | 'services' | 'mobile' | 'collection';

/** A new product does not compile until it has a place here: a stack holds about 30 flows (1 MB a template). */
const GROUP_OF_PRODUCT = {
  fibre: 'access',
  shdsl: 'copper',
  xdsl: 'copper',
  'cable-tv': 'access',
  coax: 'access',
  internet: 'services',
  router: 'devices',
  'set-top-box': 'devices',
  iptv: 'services',
  vod: 'services',
  voip: 'services',
  hardware: 'devices',
  'mobile-postpaid': 'mobile',
  'mobile-prepaid': 'mobile',
  'mobile-broadband': 'mobile',
  number: 'mobile',
  technician: 'devices',
  collection: 'collection',
} as const satisfies Record<Product, FlowGroup>;

const FLOW_GROUPS: readonly FlowGroup[] = [
  'orders',
  'access',
  'copper',
  'devices',
  'services',
  'mobile',
  'collection',
];

/** Groups of functions that have a stack of their own; the others have a stack with more than functions. */
const PLAIN_GROUPS: Readonly<Record<Exclude<FunctionGroup, 'api' | 'correspondence'>, string>> = {
  orders: 'Orders',
  desks: 'Desks',
  'tasks-customer': 'Tasks-Customer',
  'tasks-network': 'Tasks-Network',
  'tasks-voice-mobile': 'Tasks-VoiceMobile',
  'tasks-logistics': 'Tasks-Logistics',
  'tasks-field': 'Tasks-Field',
};

/** Templates of one line each: half the size, and CloudFormation takes 1 MB. */
const COMMON: StackProps = { suppressTemplateIndentation: true };

/**
 * All stacks of the product. The stateful ones (Data, Messaging, Systems) change rarely and are protected; the
 * stateless ones can be deployed and deleted at any time, and know each other by name only.
 */
export function addStacks(
  app: App,
  functions: readonly FunctionDefinition[],
  codeFolder: (functionId: string) => string,
): void {
  const data = new DataStack(app, 'Milepost-Data', COMMON);
  const messaging = new MessagingStack(app, 'Milepost-Messaging', COMMON);
  const systems = new SystemsStack(app, 'Milepost-Systems', COMMON);
  const platform: Platform = {
    tables: data.tables,
    queue: (id) => messaging.queue(id),
    bus: messaging.bus,
    timerRole: messaging.timerRole,
  };
  const within = (group: string) => functions.filter((definition) => definition.group === group);
  const props = (group: string, description: string) => ({
    ...COMMON,
    description: `Milepost: ${description}`,
    functions: within(group),
    platform,
    codeFolder,
  });

  const functionStacks = Object.entries(PLAIN_GROUPS).map(
    ([group, name]) => new FunctionsStack(app, `Milepost-${name}`, props(group, `functions of ${name}`)),
  );
  const correspondence = new CorrespondenceStack(
    app,
    'Milepost-Correspondence',
    props('correspondence', 'messages to customers'),
  );
  for (const stack of [...functionStacks, correspondence]) stack.addStackDependency(systems);

  const flowStacks = FLOW_GROUPS.map((group) => {
    const stack = new FlowsStack(app, `Milepost-Flows-${group}`, {
      ...COMMON,
      description: `Milepost: state machines (${group})`,
      group,
      flows: FLOWS.filter((flow) => groupOf(flow) === group),
      platform,
    });
    // A definition names functions; they must be there before it starts.
    for (const functionStack of functionStacks) stack.addStackDependency(functionStack);
    return stack;
  });
  const bulkRepair = new BulkRepairStack(app, 'Milepost-BulkRepair', { ...COMMON, platform });
  for (const functionStack of functionStacks) bulkRepair.addStackDependency(functionStack);
  const api = new ApiStack(app, 'Milepost-Api', props('api', 'the HTTP API'));
  // It opens when all behind it is there.
  for (const stack of [...flowStacks, correspondence, bulkRepair]) api.addStackDependency(stack);
  new AlarmsStack(app, 'Milepost-Alarms', { ...COMMON, apiId: api.apiId });
}

/** By the first product that the flow is for; flows of no product are about orders. */
function groupOf(flow: Flow): FlowGroup {
  const [product] = productsOf(flow);
  return product === undefined ? 'orders' : GROUP_OF_PRODUCT[product];
}

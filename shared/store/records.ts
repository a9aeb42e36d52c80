import * as z from 'zod';
import { DESK_IDS } from '#shared/domain/desks.ts';
import { MESSAGE_TEMPLATES } from '#shared/domain/messages.ts';
import { MILESTONES } from '#shared/domain/milestones.ts';
import { ITEM_STATES } from '#shared/domain/states.ts';
import { TASK_STATES } from '#shared/domain/task-states.ts';
import { assessmentSchema } from '#shared/timing/jeopardy.ts';

/** ISO 8601 date-time in UTC. */
const instant = z.iso.datetime();
const facts = z.record(z.string(), z.unknown());

/** Two digits, `01` up to `100` items; `00` is the order's own flow, order management. */
export const suborderNumberSchema = z.string().regex(/^\d{2,3}$/);

/** A gate that a milestone opens: the wait and the entry to take out of its `pending` set. */
export const openingSchema = z.object({
  wait: z.string(),
  entry: z.string(),
  workingDaysBefore: z.int().optional(),
});

export type Opening = z.infer<typeof openingSchema>;

/** Where no path on the way back leads past, and from when on: as the flow says it. */
export const pointOfNoReturnSchema = z.object({
  type: z.enum(['soft', 'hard']),
  at: z.enum(['start', 'complete']),
});
export type PointOfNoReturn = z.infer<typeof pointOfNoReturnSchema>;

/** What a change of the order makes of a suborder that is under way. */
export const amendsSchema = z.object({
  facts,
  flags: z.record(z.string(), z.boolean()),
  steps: z.int(),
  noReturn: z.record(z.string(), pointOfNoReturnSchema).optional(),
  /** Names of the facts that change. */
  changed: z.array(z.string()),
  /** Steps that are done again since another suborder takes back what they waited for. */
  again: z.array(z.string()).optional(),
  /** Once its flow has left what it waited for: the steps that are done again, and how many were done by then. */
  affected: z.array(z.string()).optional(),
  done: z.int().optional(),
});

/** One suborder: the order item's process. Key: order, `SUBORDER#nn`. */
export const suborderSchema = z.object({
  order: z.string(),
  sk: z.string(),
  suborder: suborderNumberSchema,
  /** Id of the order item; absent for order management. */
  item: z.string().optional(),
  flow: z.string(),
  state: z.enum(ITEM_STATES),
  flags: z.record(z.string(), z.boolean()),
  /** Facts from planning: the item's characteristics and what the offering adds. */
  facts,
  /** Milestone → when it was reached. */
  milestones: z.partialRecord(z.enum(MILESTONES), instant),
  /** Milestone → gates of other suborders that it opens. */
  opens: z.partialRecord(z.enum(MILESTONES), z.array(openingSchema)),
  /** How often items were added to the order that wait for it: what completes a step must know of all of them. */
  linked: z.int().optional(),
  /** Product → numbers of the order's suborders of that product. */
  siblings: z.record(z.string(), z.array(suborderNumberSchema)),
  /** How many steps the planned path has, and how many of them are done. */
  steps: z.int(),
  done: z.int(),
  /** Step → the point of no return that it is, on the planned path. */
  noReturn: z.record(z.string(), pointOfNoReturnSchema).optional(),
  /** The step that has passed a point of no return: after a soft one a cancel costs something, after a hard one it is refused. */
  passedSoft: z.string().optional(),
  passedHard: z.string().optional(),
  /** While it is suspended no step starts: who did it, and why. */
  suspended: z.object({ by: z.string(), at: instant, reason: z.string() }).optional(),
  /** How it will end, from the moment on that it is to end before its work is done: no step starts any more. */
  ends: z.enum(['cancelled', 'failed', 'amended']).optional(),
  /** When it ends as `amended`: it begins again from the first step that the change affects, with this. */
  amends: amendsSchema.optional(),
  /** How often it began again: each time is an execution of its own. */
  restarts: z.int().optional(),
  /** Id of the request that cancels it. */
  cancelledBy: z.string().optional(),
  startedAt: instant.optional(),
  endedAt: instant.optional(),
});
export type Suborder = z.infer<typeof suborderSchema>;

/** One step of a suborder that was reached. Key: order, `STEP#nn#step`. */
export const stepSchema = z.object({
  order: z.string(),
  sk: z.string(),
  suborder: suborderNumberSchema,
  step: z.string(),
  task: z.string(),
  status: z.enum(['waiting', 'fallout', 'done', 'skipped', 'undone', 'obsolete']),
  /** Counts runs, not attempts: a retry keeps the number, going back to the step counts up. */
  run: z.int(),
  outputs: facts.default({}),
  /** Of one that failed: its system has not answered, so that nobody knows whether this run was done. */
  unanswered: z.literal(true).optional(),
  /** Id of the employee, event or system that completed it. */
  by: z.string().optional(),
  reaches: z.enum(MILESTONES).optional(),
  tells: z.enum(MESSAGE_TEMPLATES).optional(),
  /** The earlier step whose effect it has taken back. */
  takesBack: z.string().optional(),
  /** How many messages this run sent beyond those of its beginning and end: reminders, and questions. Each has its number. */
  reminders: z.int().optional(),
  /** Its effect lasts although it runs again: what the run before found out is still in `outputs`. */
  stands: z.literal(true).optional(),
  /** What the customer was told by an event while this run waited. */
  told: z.enum(MESSAGE_TEMPLATES).optional(),
  /** The date that a timer waits for. */
  until: instant.optional(),
  startedAt: instant.optional(),
  /** When it was done, once it is undone. */
  doneAt: instant.optional(),
  at: instant,
});
export type StepRecord = z.infer<typeof stepSchema>;

/** What resumes a parked token: a result, or an error with its cause. */
export const outcomeSchema = z.union([
  z.object({ result: facts }),
  z.object({ error: z.string(), cause: z.string() }),
]);
export type Outcome = z.infer<typeof outcomeSchema>;

/** What a step does for others when it completes. */
export const completionSchema = z.object({
  task: z.string(),
  reaches: z.enum(MILESTONES).optional(),
  tells: z.enum(MESSAGE_TEMPLATES).optional(),
});

/**
 * A parked task token. Key: order, `nn#step#kind`.
 * Resumed as soon as it has a `token`, nothing `pending`, an `outcome`, and `notBefore` has come.
 */
export const waitSchema = z.object({
  order: z.string(),
  wait: z.string(),
  suborder: suborderNumberSchema,
  step: z.string(),
  kind: z.enum(['gate', 'manual', 'event', 'timer', 'repair', 'undo', 'start', 'hold']),
  /** Why it waits, for people. */
  reason: z.string(),
  status: z.enum(['planned', 'open', 'resumed', 'closed']),
  /** The newest attempt's token: a bearer secret, never logged, never returned. */
  token: z.string().optional(),
  /** When the state that waits was entered, and its retry count: orders attempts. */
  attempt: z.string().optional(),
  /** What holds it back, such as `SUSPENDED`, and milestones of other suborders still waited for, as `nn:GATE`, or `nn:GATE:MILESTONE` when all of a gate's are needed. */
  pending: z.set(z.string()).optional(),
  /** Earliest time of resumption. */
  notBefore: instant.optional(),
  /** When the wait becomes fallout, or has its deadline. */
  dueAt: instant.optional(),
  /** What the customer is still to be told while it waits, the next first. */
  reminders: z.array(z.object({ at: instant, tells: z.enum(MESSAGE_TEMPLATES) })).optional(),
  /** What it means when nothing came until `dueAt`; without it, the state machine's time limit decides. */
  onDeadline: outcomeSchema.optional(),
  correlationKey: z.string().optional(),
  /** The work item with the question that the customer is to answer, and until when. */
  question: z.object({ workItem: z.string(), until: instant }).optional(),
  /** What the step does when it completes; carried from the definition that the execution runs. */
  completion: completionSchema.optional(),
  outcome: outcomeSchema.optional(),
  /** For a gate whose suborder is changed: its flow leaves with this, and asks again for what is then still pending. */
  leaves: outcomeSchema.optional(),
});
export type Wait = z.infer<typeof waitSchema>;

/** One thing for a person to do. Key: work item id. */
export const workItemSchema = z.object({
  workItem: z.string(),
  kind: z.enum(['manual', 'fallout', 'undo', 'notice']),
  desk: z.enum(DESK_IDS),
  state: z.enum(['open', 'claimed', 'asked', 'done', 'closed']),
  order: z.string(),
  suborder: suborderNumberSchema,
  step: z.string(),
  task: z.string(),
  title: z.string(),
  /** Key of the wait that its completion resumes; absent for a notice, which nothing waits for. */
  wait: z.string().optional(),
  /** What the person needs to see: inputs of the task, never a token. */
  context: facts,
  /** What the step does when it completes; carried from the definition that the execution runs. */
  completion: z.object({
    reaches: z.enum(MILESTONES).optional(),
    tells: z.enum(MESSAGE_TEMPLATES).optional(),
  }),
  /** For fallout: what failed, why, and how often it was tried. */
  failure: z
    .object({
      step: z.string(),
      error: z.string(),
      cause: z.string(),
      attempts: z.int().optional(),
      /** The compensation that failed, when it was the undo of a step. */
      undo: z.string().optional(),
    })
    .optional(),
  /** What the customer was asked about it: in words, or by the failure alone. */
  question: z
    .object({
      text: z.string().optional(),
      /** Names of inputs of the task that the answer may correct. */
      fields: z.array(z.string()),
      askedAt: instant,
      until: instant,
      /** Which question about this failed step it is, the first is 1. */
      asked: z.int(),
    })
    .optional(),
  openedAt: instant,
  dueAt: instant,
  /** Work of orders at risk comes first: 1 when yellow, 2 when red. */
  priority: z.int().optional(),
  /** `desk#open` or `desk#claimed`; absent once it is done, so that the index holds live items only. */
  deskState: z.string().optional(),
  /** `urgency#dueAt#workItem`, urgency being 9 less the priority. */
  dueKey: z.string(),
  /** For fallout: its flow, and its place in the list of failed steps of its desk, until it is done. */
  flow: z.string().optional(),
  falloutDesk: z.enum(DESK_IDS).optional(),
  /** `openedAt#workItem`. */
  falloutKey: z.string().optional(),
  claim: z.object({ by: z.string(), until: instant }).optional(),
  result: z
    .object({
      action: z.string(),
      by: z.string(),
      at: instant,
      note: z.string().optional(),
      outputs: facts.optional(),
      /** The bulk repair, and the number in its list, when it was one of many. */
      bulkRepair: z.object({ id: z.string(), entry: z.string() }).optional(),
    })
    .optional(),
  version: z.int(),
});
export type WorkItem = z.infer<typeof workItemSchema>;

/** An event from outside, kept before it is matched. Key: correlation key, `EVENT#` and a hash of source and id. */
export const inboxEventSchema = z.object({
  correlationKey: z.string(),
  sk: z.string(),
  id: z.string(),
  source: z.string(),
  type: z.string(),
  time: instant,
  receivedAt: instant,
  data: facts,
  status: z.enum(['pending', 'applied', 'late']),
  /** While it is pending: puts it into the index of the unmatched. */
  unmatched: z.literal('pending').optional(),
  expiresAt: z.int(),
});
export type InboxEvent = z.infer<typeof inboxEventSchema>;

/** The wait that a correlation key belongs to. Key: correlation key, `WAIT`. */
export const correlationSchema = z.object({
  correlationKey: z.string(),
  sk: z.literal('WAIT'),
  order: z.string(),
  wait: z.string(),
  expiresAt: z.int(),
});

/** What somebody did, or what a rule decided, and why. Written once. Key: subject, time and what makes it unique. */
export const historyEntrySchema = z.object({
  /** The order's number, or what else it is about. */
  subject: z.string(),
  entry: z.string(),
  at: instant,
  /** Such as `CLAIM`, `RETRY` or `STEP_FAILED`. */
  what: z.string(),
  /** Id of the person or client; `milepost` when a rule decided. */
  by: z.string(),
  why: z.string().optional(),
  suborder: suborderNumberSchema.optional(),
  step: z.string().optional(),
  task: z.string().optional(),
  workItem: z.string().optional(),
  bulkRepair: z.string().optional(),
  details: facts.optional(),
});
export type HistoryEntry = z.infer<typeof historyEntrySchema>;

/** A serial number or MAC address in use. Key: `SERIAL#…` or `MAC#…`. */
export const bindingSchema = z.object({
  binding: z.string(),
  order: z.string(),
  suborder: z.string(),
  at: instant,
});
export type Binding = z.infer<typeof bindingSchema>;

/** Orders table, key `ORDER#n`, `HEADER`: state and list keys of an order. */
export const orderHeaderSchema = assessmentSchema.extend({
  pk: z.string(),
  sk: z.literal('HEADER'),
  order: z.string(),
  state: z.enum(ITEM_STATES),
  orderDate: instant,
  requestedCompletionDate: z.string().optional(),
  /** The end of the day that the customer asked for, or was told when the order was accepted. */
  promisedDate: instant.optional(),
  /** How often it was assessed, and when that is due again. */
  assessments: z.int().optional(),
  /** How often it was changed since it was accepted. */
  amendments: z.int().optional(),
  /** The latest of these changes that costs a fee, or has something come back. */
  charged: z.int().optional(),
  checkAt: instant.optional(),
  completionDate: instant.optional(),
  externalId: z.string().optional(),
  /** Whether customer and credit are to be checked first: it makes a new contract, or nobody knows yet. */
  newContract: z.boolean().optional(),
  /** Id of the client that sent it, or of the suborder that it follows. */
  by: z.string().optional(),
  /** The same for all orders: the partition that lists them by date. */
  list: z.literal('orders'),
  /** `orderDate#order`. */
  listKey: z.string(),
  version: z.int(),
});
export type OrderHeader = z.infer<typeof orderHeaderSchema>;

/** Sort keys of an order's requests to cancel begin with this. */
export const CANCELLATION = 'CANCEL#';

/** A request to cancel an order, or some of its items. Orders table, key `ORDER#n`, `CANCEL#id`. */
export const cancellationSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  /** `order-` and eight characters. */
  cancellation: z.string(),
  order: z.string(),
  taskState: z.enum(TASK_STATES),
  /** `cancellation.` and the state: the partition that lists requests by it. */
  state: z.string(),
  /** Recognises the request when it comes again. */
  bodyHash: z.string(),
  reason: z.string().optional(),
  /** Id of the client that sent it. */
  by: z.string().optional(),
  requestedDate: z.string().optional(),
  requestedAt: instant,
  endedAt: instant.optional(),
  /** Ids of the items that are to be cancelled; all of them when it is absent. */
  items: z.array(z.string()).optional(),
  /** Once it is accepted: the suborders that it cancels, dependents among them. */
  suborders: z.array(suborderNumberSchema).optional(),
  /** Ids of the items of these suborders. */
  cancelled: z.array(z.string()).optional(),
  /** Items that were past a soft point of no return, and the step that passed it: a fee or a return follows. */
  charges: z.array(z.object({ item: z.string(), step: z.string() })).optional(),
  /** Why it was refused, by item when one is to blame. */
  problems: z
    .array(z.object({ item: z.string().optional(), code: z.string(), message: z.string() }))
    .optional(),
  /** The same for all requests: the partition that lists them by date. */
  list: z.literal('cancellations'),
  /** `requestedAt#id`. */
  listKey: z.string(),
});
export type Cancellation = z.infer<typeof cancellationSchema>;

import type * as z from 'zod';
import type { Desk } from '#shared/domain/desks.ts';
import type { IsoDuration } from '#shared/domain/duration.ts';
import type { Flag } from '#shared/domain/flags.ts';
import type { MessageTemplate } from '#shared/domain/messages.ts';
import type { SystemId } from '#shared/domain/systems.ts';
import type { Rejections } from './rejection.ts';

export * from './rejection.ts';

/** The independent sub-process that a task belongs to. */
export type Lane = 'management' | 'correspondence' | 'commissioning' | 'logistics' | 'field' | 'collection';

/** How technical errors are retried: `standard` for a quick call, `poll` for work that is expected to take a while. */
export type RetryClass = 'standard' | 'poll';

type Shape = z.ZodObject;

interface TaskBase<Name extends string, Input extends Shape, Output extends Shape> {
  /** Area and verb, such as `stock.reserve`: the name that systems, flows, logs and people share. */
  readonly name: Name;
  /** What a person reads in the console and on a desk, such as `Reserve from stock`. */
  readonly title: string;
  readonly lane: Lane;
  /** What the task needs to know; each field is found by its name among the facts of the order. */
  readonly input: Input;
  /** What the task finds out; each field becomes a fact of the suborder under its name. */
  readonly output: Output;
  readonly rejections: Rejections;
  /** Flags that the task's result can set. */
  readonly sets?: readonly Flag[];
  /** Outputs that a run after a rejection starts from. */
  readonly keeps?: readonly (keyof Output['shape'] & string)[];
  /** How long it usually takes: drives the projected completion and jeopardy. */
  readonly expected: IsoDuration;
  /** How long one attempt, or one wait, may take before it becomes fallout. */
  readonly timeLimit: IsoDuration;
  /** The task that takes its effect back, `none` when it leaves nothing behind, `irreversible` when nothing can. */
  readonly undo: Compensation | UndoneBy | 'none' | 'irreversible';
}

/** Work that an underlying system, or the product itself, does at once. */
export interface SystemTask<Name extends string = string, I extends Shape = Shape, O extends Shape = Shape>
  extends TaskBase<Name, I, O> {
  readonly kind: 'system';
  /** The underlying system called; `milepost` when the product does the work itself. */
  readonly system: SystemId | 'milepost';
  readonly retry: RetryClass;
  /** The first moment from another one on at which it may begin, where that is possible at certain hours only. */
  readonly opens?: (from: Date) => Date;
  /**
   * Inputs by the names of what the run before found out, for an effect that lasts when the step runs again: the next run takes
   * its place, and a cancel before that undoes it.
   */
  readonly replaces?: Readonly<Record<string, string>>;
  /** What the system itself is asked and answers, where the product works out the rest. */
  readonly exchange?: { readonly asks: Shape; readonly answers: Shape };
  /** Where the step goes when retries are used up. */
  readonly falloutDesk: Desk;
}

/** Work that a person at a desk does; its output is the desk's form. */
export interface ManualTask<Name extends string = string, I extends Shape = Shape, O extends Shape = Shape>
  extends TaskBase<Name, I, O> {
  readonly kind: 'manual';
  readonly desk: Desk;
}

/** Something that happens outside and is reported as an event, or does not happen in time. */
export interface EventTask<Name extends string = string, I extends Shape = Shape, O extends Shape = Shape>
  extends TaskBase<Name, I, O> {
  readonly kind: 'event';
  /** First part of the CloudEvents type, such as `delivery`; the rest says what happened. */
  readonly topic: string;
  /** The input field whose value the event's subject carries; of several fields, their values with `/` between. */
  readonly correlation: string | readonly string[];
  /** What happened → the event completes the step. Without it, only the deadline completes the step. */
  readonly completedBy?: string | undefined;
  /** What happened → what the customer is told, once, while the wait goes on. */
  readonly toldBy?: Readonly<Record<string, MessageTemplate>>;
  /** What happened → code of the rejection; of several codes, the event's data names one as `code`, else it is the last. */
  readonly rejectedBy: Readonly<Record<string, string | readonly string[]>>;
  /**
   * What it means when the deadline passes without an event: the code of a rejection, or that the step is done. The
   * deadline is the input `dueAt`, else how long the step waits (`within`), else the time limit. Without this, the
   * time limit makes it fallout.
   */
  readonly onDeadline?: string | typeof DONE;
  /**
   * How long the wait goes on after the date `dueAt`; after its own beginning when the date has passed by then, as when
   * a person has it begin again.
   */
  readonly grace?: IsoDuration;
  /**
   * Whether there may be one such event after the other, as with payments of an account: one that comes while its
   * suborder is at work, but not waiting, is for the next wait, and what was before the suborder began is past.
   */
  readonly repeats?: true;
  readonly falloutDesk: Desk;
}

/** As `onDeadline`: what was waited for did not happen, and the flow goes on. */
export const DONE = 'done';

/** A wait until a date; the input field `dueAt` holds it. Without a date there is nothing to wait for. */
export interface TimerTask<Name extends string = string, I extends Shape = Shape, O extends Shape = Shape>
  extends TaskBase<Name, I, O> {
  readonly kind: 'timer';
  readonly falloutDesk: Desk;
}

/** What takes a step's effect back: work that flows also do forwards, or a task for nothing else. It gets the outputs of the step that it undoes. */
export type Compensation = UndoTask | SystemTask | ManualTask;

/** A compensation by name, for two tasks that undo each other; the registry knows it. */
export interface UndoneBy {
  readonly task: string;
}

export const undoneBy = (task: string): UndoneBy => ({ task });

/** A task that only undoes. */
export interface UndoTask<Name extends string = string> {
  readonly name: Name;
  readonly title: string;
  readonly lane: Lane;
  readonly kind: 'system' | 'manual';
  readonly system: SystemId | 'milepost';
  /** Where an undo that failed goes; for a manual undo, the desk that does it. */
  readonly desk: Desk;
}

export type Task = SystemTask | ManualTask | EventTask | TimerTask;

/** Declares a task once, for every flow that uses it. */
export const defineTask = <const T extends Task>(task: T): T => task;

/** Declares a compensation. */
export const defineUndo = <const T extends UndoTask>(undo: T): T => undo;

/** Whether an underlying system keeps something of a task that can be taken back. */
export const leavesAnEffect = ({ system, undo }: SystemTask): boolean =>
  system !== 'milepost' && typeof undo !== 'string';

import * as z from 'zod';
import type { Deterministic } from './deterministic.ts';

/** What an operation knows when it makes up its outputs. */
export interface OperationContext {
  /** Values that depend on the idempotency key only. */
  readonly values: Deterministic;
  /** Epoch milliseconds. */
  readonly now: number;
  /**
   * Takes something that can be had once, such as a telephone number: asks `make` until it names one that is
   * free in the pool. It is free again when the effect is undone or forgotten.
   */
  claim(pool: string, make: () => string): string;
  /** Keeps what the system now knows about something, such as an installed product. */
  remember(id: string, record: Readonly<Record<string, unknown>>): void;
  /** What was kept about it last; nothing when it is not known. */
  recall(id: string): Readonly<Record<string, unknown>>;
}

/** One thing that an underlying system can be asked to do, as its owner would document it. */
export interface Operation {
  /** Such as `stock.reserve`; the last part of the path. */
  readonly name: string;
  /** One line for the documentation. */
  readonly title: string;
  readonly system: string;
  /** The operations whose effect this one takes back; empty for one that does something new. */
  readonly undoes: readonly string[];
  readonly input: z.ZodObject;
  readonly output: z.ZodObject;
  /** Business rejections by code, with what they mean; they only happen when a script asks for them. */
  readonly rejections: Readonly<Record<string, string>>;
  /** Makes up the outputs for a body; the result has the error instead when the body is not valid. */
  run(body: unknown, context: OperationContext): OperationResult;
}

/** Outcome of {@link Operation.run}. */
export type OperationResult =
  | { readonly valid: true; readonly outputs: Readonly<Record<string, unknown>> }
  | { readonly valid: false; readonly reason: string };

interface OperationDefinition<I extends z.ZodObject, O extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly undoes?: readonly string[];
  readonly input: I;
  readonly output: O;
  readonly rejections?: Readonly<Record<string, string>>;
  answer(input: z.output<I>, context: OperationContext): z.input<O>;
}

interface UndoDefinition<I extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly undoes: readonly string[];
  readonly input: I;
}

/** The means to define the operations of one system. */
export interface SystemBuilder {
  operation<I extends z.ZodObject, O extends z.ZodObject>(definition: OperationDefinition<I, O>): Operation;
  /** An operation that takes another back; its body has the outputs of that one, and there are no outputs. */
  undo<I extends z.ZodObject>(definition: UndoDefinition<I>): Operation;
}

/** Starts the definition of a system's operations. */
export function system(id: string): SystemBuilder {
  const operation: SystemBuilder['operation'] = (definition) => {
    const { name, title, undoes = [], input, output, rejections = {}, answer } = definition;
    return {
      name,
      title,
      system: id,
      undoes,
      input,
      output,
      rejections,
      run(body, context) {
        const parsed = input.safeParse(body);
        return parsed.success
          ? { valid: true, outputs: answer(parsed.data, context) }
          : { valid: false, reason: z.prettifyError(parsed.error) };
      },
    };
  };
  return {
    operation,
    undo: (definition) =>
      operation({
        ...definition,
        output: z.object({}),
        rejections: { UNDO_FAILED: 'The effect cannot be taken back.' },
        answer: () => ({}),
      }),
  };
}

/** ISO date some days from now, moved on from a weekend. */
export function workingDay(now: number, daysAhead: number): string {
  const date = new Date(now + daysAhead * 86_400_000);
  while (date.getUTCDay() === 0 || date.getUTCDay() === 6) date.setUTCDate(date.getUTCDate() + 1);
  return date.toISOString().slice(0, 10);
}

import * as z from 'zod';

/** How often an answer is given before the next one has its turn. */
const times = z.union([z.int().positive(), z.literal('always')]).default(1);
/** How long to wait before answering. */
const milliseconds = z.int().min(0).default(0);

const answerSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('success'),
    outputs: z.record(z.string(), z.unknown()).default({}).describe('Replace those made up, one by one.'),
    milliseconds,
    times,
  }),
  z
    .strictObject({ kind: z.literal('delay'), milliseconds: z.int().min(0), times })
    .describe('Success, late.'),
  z
    .strictObject({
      kind: z.literal('reject'),
      code: z.string().min(1),
      detail: z.string().optional(),
      milliseconds,
      times,
    })
    .describe('A business rejection, 422.'),
  z
    .strictObject({
      kind: z.literal('fail'),
      status: z.int().min(400).max(599).default(503),
      code: z.string().min(1).optional(),
      detail: z.string().optional(),
      milliseconds,
      times,
    })
    .describe('A technical failure without an effect.'),
  z
    .strictObject({
      kind: z.literal('lost'),
      status: z.int().min(500).max(599).default(504),
      milliseconds,
      times,
    })
    .describe(
      'A technical failure although the effect happened, as when the answer gets lost; several times, also those of the retries.',
    ),
  z
    .strictObject({ kind: z.literal('pending'), milliseconds: z.int().min(0).default(1000), times })
    .describe('202: not done yet; milliseconds become Retry-After.'),
]);

/** What a system is to answer to calls that match. */
export const scriptSchema = z.strictObject({
  match: z
    .strictObject({
      system: z.string().optional(),
      operation: z.string().optional(),
      correlationId: z.string().optional(),
      key: z.string().optional().describe('A part of the idempotency key.'),
    })
    .default({}),
  answers: z.array(answerSchema).min(1),
});

/** A script as it is given; see {@link scriptSchema}. */
export type ScriptInput = z.input<typeof scriptSchema>;
/** A script with its defaults filled in. */
export type Script = z.output<typeof scriptSchema>;
/** One answer of a script. */
export type ScriptedAnswer = z.output<typeof answerSchema>;

/** What scripts can be matched against. */
export interface ScriptableCall {
  readonly system: string;
  readonly operation: string;
  readonly correlationId?: string;
  readonly key: string;
}

interface ActiveScript {
  readonly match: Script['match'];
  readonly left: { readonly answer: ScriptedAnswer; remaining: number }[];
}

/** The scripts that are in force. */
export class Scripts {
  #active: ActiveScript[] = [];

  add({ match, answers }: Script): void {
    this.#active.push({
      match,
      left: answers.map((answer) => ({
        answer,
        remaining: answer.times === 'always' ? Number.POSITIVE_INFINITY : answer.times,
      })),
    });
  }

  clear(): void {
    this.#active = [];
  }

  /** Scripts with answers that have not been given as often as they were to be. */
  unanswered(): readonly Script[] {
    return this.#active.flatMap(({ match, left }) => {
      const answers = left.flatMap(({ answer, remaining }) =>
        answer.times === 'always' ? [] : [{ ...answer, times: remaining }],
      );
      return answers.length > 0 ? [{ match, answers }] : [];
    });
  }

  /**
   * Takes the next answer of the oldest script that matches; undefined when none has one left.
   * @param kind leaves an answer of another kind where it is
   */
  take(call: ScriptableCall, kind?: ScriptedAnswer['kind']): ScriptedAnswer | undefined {
    const script = this.#active.find(({ match }) => matches(match, call));
    const next = script?.left[0];
    if (!script || !next || next.answer.kind !== (kind ?? next.answer.kind)) return undefined;
    next.remaining--;
    if (next.remaining <= 0) script.left.shift();
    if (script.left.length === 0) this.#active = this.#active.filter((one) => one !== script);
    return next.answer;
  }
}

function matches(match: Script['match'], call: ScriptableCall): boolean {
  return (
    (match.system ?? call.system) === call.system &&
    (match.operation ?? call.operation) === call.operation &&
    (match.correlationId ?? call.correlationId) === call.correlationId &&
    call.key.includes(match.key ?? '')
  );
}

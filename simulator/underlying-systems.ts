import { createHash } from 'node:crypto';
import { type Answer, json, problem } from './answers.ts';
import { findOperation, systems } from './catalogue.ts';
import { deterministic } from './deterministic.ts';
import { type Effect, Ledger } from './ledger.ts';
import type { Operation, OperationContext } from './operation.ts';
import { type ScriptedAnswer, Scripts } from './scripts.ts';

/** A call of an operation as it came in. */
export interface SystemCall {
  readonly system: string;
  readonly operation: string;
  readonly body: unknown;
  /** Value of the Idempotency-Key header. */
  readonly key?: string;
  /** Value of the Authorization header. */
  readonly authorization?: string;
  readonly correlationId?: string;
  readonly step?: string;
}

/** A message that `message.send` sent. */
export interface SentMessage {
  /** ISO 8601. */
  readonly at: string;
  readonly correlationId?: string;
  readonly messageId: unknown;
  readonly template: unknown;
  readonly channels: unknown;
  readonly recipient: unknown;
  readonly params: unknown;
}

/** How the systems behave. */
export interface UnderlyingSystemsOptions {
  readonly seed: string;
  /** Bearer token by system; a system without one takes any. */
  readonly credentials: Readonly<Record<string, string>>;
  /** How long every answer takes, in milliseconds. */
  readonly latency: { readonly least: number; readonly most: number };
  /** Most effects and messages to remember. */
  readonly ledgerLimit: number;
  /** Epoch milliseconds. */
  now(): number;
  wait(milliseconds: number): Promise<void>;
}

type AcceptedCall = SystemCall & { readonly key: string; readonly body: Readonly<Record<string, unknown>> };

/** How often a free value is looked for in a pool before it counts as empty. */
const mostClaimAttempts = 10_000;

/**
 * All underlying systems. Idempotent: a call with the key and body of an earlier one gets the same answer and has
 * no second effect. A rejection or failure has no effect and is not remembered, so that a retry may succeed.
 */
export class UnderlyingSystems {
  readonly ledger: Ledger;
  readonly scripts = new Scripts();
  readonly #messages: SentMessage[] = [];
  /** Keys of calls that had their effect, and of which every answer was lost. */
  readonly #unheard = new Set<string>();
  readonly #records = new Map<string, Readonly<Record<string, unknown>>>();
  readonly #options: UnderlyingSystemsOptions;

  constructor(options: UnderlyingSystemsOptions) {
    this.#options = options;
    this.ledger = new Ledger(options.ledgerLimit);
  }

  /** Messages sent, oldest first. */
  messages(correlationId?: string): readonly SentMessage[] {
    return this.#messages.filter(
      (message) => correlationId === undefined || message.correlationId === correlationId,
    );
  }

  /** Forgets effects, idempotency keys and messages. */
  forget(): void {
    this.ledger.clear();
    this.#messages.length = 0;
    this.#unheard.clear();
    this.#records.clear();
  }

  async call(call: SystemCall): Promise<Answer> {
    const { system, key, body } = call;
    if (!systems.includes(system)) return problem(404, 'UNKNOWN_SYSTEM', `There is no system "${system}".`);
    if (!this.#isAuthorized(system, call.authorization)) return problem(401, 'UNAUTHORIZED');
    const operation = findOperation(system, call.operation);
    if (!operation)
      return problem(404, 'UNKNOWN_OPERATION', `The system ${system} has no "${call.operation}".`);
    if (!key) return problem(400, 'IDEMPOTENCY_KEY_MISSING', 'The header Idempotency-Key is required.');
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      return problem(400, 'INVALID_INPUT', 'The body must be a JSON object.');
    const accepted: AcceptedCall = { ...call, operation: operation.name, key, body: { ...body } };
    const { least, most } = this.#options.latency;
    if (most > 0) await this.#options.wait(deterministic(`latency\n${key}`).integer(least, most));
    const known = this.#remembered(accepted);
    if (known) return this.#unheard.has(key) ? this.#answerAgain(accepted, known) : known;
    const scripted = this.scripts.take(accepted);
    if (!scripted) return this.#perform(operation, accepted);
    if (scripted.kind !== 'pending' && scripted.milliseconds > 0)
      await this.#options.wait(scripted.milliseconds);
    // The same call may have come again, and had its effect, in the meantime.
    return this.#remembered(accepted) ?? this.#answerScripted(operation, accepted, scripted);
  }

  #answerScripted(operation: Operation, call: AcceptedCall, scripted: ScriptedAnswer): Answer {
    switch (scripted.kind) {
      case 'success':
        return this.#perform(operation, call, scripted.outputs);
      case 'delay':
        return this.#perform(operation, call);
      case 'reject':
        return problem(422, scripted.code, scripted.detail ?? operation.rejections[scripted.code]);
      case 'fail':
        return problem(
          scripted.status,
          scripted.code,
          scripted.detail,
          scripted.status === 429 ? { 'retry-after': '1' } : {},
        );
      case 'lost': {
        const answer = this.#perform(operation, call);
        if (answer.status !== 200) return answer;
        this.#unheard.add(call.key);
        return problem(scripted.status);
      }
      case 'pending':
        return json(
          202,
          { status: 'pending' },
          { 'retry-after': String(Math.ceil(scripted.milliseconds / 1000)) },
        );
    }
  }

  /** Each answer to this call was lost, and the next one may be too. */
  #answerAgain(call: AcceptedCall, answer: Answer): Answer {
    const scripted = this.scripts.take(call, 'lost');
    if (scripted?.kind === 'lost') return problem(scripted.status);
    this.#unheard.delete(call.key);
    return answer;
  }

  #isAuthorized(system: string, authorization: string | undefined): boolean {
    const [, token] = /^Bearer (\S+)$/i.exec(authorization ?? '') ?? [];
    const expected = this.#options.credentials[system];
    return token !== undefined && (expected === undefined || token === expected);
  }

  #remembered(call: AcceptedCall): Answer | undefined {
    const effect = this.ledger.find(call.system, call.key);
    if (!effect) return undefined;
    if (effect.bodyHash !== hash(call))
      return problem(
        422,
        'IDEMPOTENCY_KEY_REUSED',
        'The idempotency key was used for another operation or body.',
      );
    return json(200, effect.outputs);
  }

  #perform(
    operation: Operation,
    call: AcceptedCall,
    overrides: Readonly<Record<string, unknown>> = {},
  ): Answer {
    const claims: [string, string][] = [];
    const now = this.#options.now();
    const context: OperationContext = {
      values: deterministic(`${this.#options.seed}\n${operation.name}\n${call.key}`),
      now,
      claim: (pool, make) => {
        for (let attempt = 0; attempt < mostClaimAttempts; attempt++) {
          const value = make();
          if (this.ledger.isClaimed(pool, value)) continue;
          claims.push([pool, value]);
          return value;
        }
        throw new EmptyPoolError(pool);
      },
      remember: (id, record) => void this.#records.set(`${call.system}\n${id}`, record),
      recall: (id) => this.#records.get(`${call.system}\n${id}`) ?? {},
    };
    const result = operation.run(call.body, context);
    if (!result.valid) return problem(400, 'INVALID_INPUT', result.reason);
    const at = new Date(now).toISOString();
    const effect: Effect = {
      at,
      system: call.system,
      operation: operation.name,
      key: call.key,
      ...(call.correlationId === undefined ? {} : { correlationId: call.correlationId }),
      ...(call.step === undefined ? {} : { step: call.step }),
      bodyHash: hash(call),
      input: call.body,
      outputs: { ...result.outputs, ...overrides },
    };
    const { outputs } = this.ledger.record(effect, call.body, claims, operation.undoes);
    if (operation.name === 'message.send') this.#keepMessage(effect, call.body);
    return json(200, outputs);
  }

  #keepMessage({ at, correlationId, outputs }: Effect, body: AcceptedCall['body']): void {
    this.#messages.push({
      at,
      ...(correlationId === undefined ? {} : { correlationId }),
      messageId: outputs.messageId,
      template: body.template,
      channels: body.channels,
      recipient: body.recipient,
      params: body.params,
    });
    if (this.#messages.length > this.#options.ledgerLimit) this.#messages.shift();
  }
}

/** Every value of a pool is taken. */
export class EmptyPoolError extends Error {
  override readonly name = 'EmptyPoolError';

  constructor(pool: string) {
    super(`no value is free in the pool "${pool}"`);
  }
}

function hash({ operation, body }: AcceptedCall): string {
  return createHash('sha256')
    .update(`${operation}\n${canonical(body)}`)
    .digest('hex');
}

/** JSON with the fields of objects in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

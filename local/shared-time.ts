/** The machine's own time; captured before anything replaces `Date`. */
export const machineNow: () => number = Date.now.bind(Date);

/** The embedded clock's time as every thread of the process reads it. */
export class SharedTime {
  /** Embedded time, the machine's time at that moment, and how many times faster embedded time runs. */
  readonly #state: Float64Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(3 * Float64Array.BYTES_PER_ELEMENT)) {
    this.#state = new Float64Array(buffer);
  }

  get buffer(): SharedArrayBuffer {
    return this.#state.buffer;
  }

  /** Sets the time from which it goes on at `speed`; 0 lets it stand still. */
  set(now: number, speed: number): void {
    this.#state.set([now, machineNow(), speed]);
  }

  now(): number {
    const [base = 0, machineBase = 0, speed = 0] = this.#state;
    return speed === 0 ? base : Math.floor(base + (machineNow() - machineBase) * speed);
  }
}

/** Lets this thread's global `Date` tell the time of `now`. */
export function replaceDate(now: () => number): void {
  const RealDate = Date;
  const Replaced = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length > 0 ? args : [now()], newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  });
  RealDate.prototype.constructor = Replaced;
  globalThis.Date = Replaced;
}

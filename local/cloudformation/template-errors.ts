/** A template that cannot be resolved; the message starts with the path of the place in the template. */
export class TemplateError extends Error {
  override readonly name: string = 'TemplateError';
  /** Such as `Resources.Orders.Properties.TableName`. */
  readonly path: string;

  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`);
    this.path = path;
  }
}

/** An intrinsic function that is not known, or not supported here. */
export class UnknownIntrinsicError extends TemplateError {
  override readonly name = 'UnknownIntrinsicError';
}

/** A reference to a parameter, resource, mapping, condition or export that does not exist. */
export class DanglingReferenceError extends TemplateError {
  override readonly name = 'DanglingReferenceError';
}

/** One call of an AWS API, whoever makes it and over whichever wire it came. */
export interface AwsCall {
  /** ARN of the IAM role that makes the call. */
  readonly principal: string;
  /** Service prefix as IAM spells it: `lambda`, `sqs`, `states`, `dynamodb`, `events`, `ssm`, `secretsmanager`. */
  readonly service: string;
  /** API action in PascalCase, such as `SendMessage`. */
  readonly action: string;
  /** As the service's JSON protocol spells it; for Lambda's Invoke, `Payload` is the parsed payload. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** Something that answers AWS calls; failures are thrown as {@link AwsError}. */
export interface AwsBackend {
  call(call: AwsCall): Promise<unknown>;
}

/** An error as AWS answers it over the wire. */
export class AwsError extends Error {
  /** Error code without a service prefix, such as `ResourceNotFoundException`. */
  readonly code: string;
  readonly statusCode: number;
  /** What the answer holds beside code and message, such as `CancellationReasons`. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    statusCode = 400,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = code;
    this.code = code;
    this.statusCode = statusCode;
    this.details = details;
  }
}

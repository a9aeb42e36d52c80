import { Agent, request } from 'node:http';

/** An answer of DynamoDB Local. */
export interface DynamoDbAnswer {
  readonly status: number;
  readonly body: string;
}

/** Talks to one of the databases of a DynamoDB Local that runs on this machine. */
export class DynamoDbConnection {
  readonly #port: number;
  readonly #database: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: 10_000 });

  /** @param database letters and digits: one that is not `-sharedDb` has a database for each access key */
  constructor(port: number, database: string) {
    this.#port = port;
    this.#database = database;
  }

  /** Sends one request; `target` is the full `X-Amz-Target`. */
  async send(target: string, body: string): Promise<DynamoDbAnswer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: '127.0.0.1',
          port: this.#port,
          method: 'POST',
          agent: this.#agent,
          headers: {
            'content-type': 'application/x-amz-json-1.0',
            'content-length': Buffer.byteLength(body),
            'x-amz-target': target,
            authorization: `AWS4-HMAC-SHA256 Credential=${this.#database}/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
          },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () =>
            resolve({ status: incoming.statusCode ?? 500, body: Buffer.concat(chunks).toString('utf8') }),
          );
        },
      );
      outgoing.on('error', (error) => {
        // A kept connection can be closed by the other side just as it is used again: nothing was read then.
        const isStale = outgoing.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
        if (isStale) this.send(target, body).then(resolve, reject);
        else reject(error);
      });
      outgoing.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

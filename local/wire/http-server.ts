import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** A request with its body read. */
export interface ServerRequest {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface ServerResponseData {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Buffer;
}

/** The one port of the embedded cloud, on 127.0.0.1 only. */
export class HttpServer {
  readonly url: string;
  /** Who answers; 503 until it is set. */
  handler: (request: ServerRequest) => Promise<ServerResponseData> = async () => ({
    status: 503,
    headers: { 'content-type': 'application/json' },
    body: '{"status":"starting"}',
  });
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://127.0.0.1:${port}`;
    server.on('request', (incoming, outgoing) => void this.#answer(incoming, outgoing));
  }

  /** @throws when the port is taken, in one line */
  static async listen(port: number): Promise<HttpServer> {
    // Clients keep connections open for as long as they like: closing an idle one races with its next use.
    const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 });
    server.listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
        throw new Error(`Port ${port} is in use: stop what uses it, or choose another with --port.`);
      throw error;
    }
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    return new HttpServer(server, address.port);
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
      const [path = '/', query = ''] = (incoming.url ?? '/').split(/\?(.*)/s);
      const { status, headers, body } = await this.handler({
        method: incoming.method ?? 'GET',
        path,
        query,
        headers: incoming.headers,
        body: Buffer.concat(chunks),
      });
      for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
      outgoing.writeHead(status);
      outgoing.end(body);
    } catch (error) {
      if (!outgoing.headersSent) outgoing.writeHead(500, { 'content-type': 'text/plain' });
      outgoing.end(error instanceof Error ? error.stack : String(error));
    }
  }
}

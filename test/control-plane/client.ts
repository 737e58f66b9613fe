import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";

/** What an API server answers; `body` is the JSON it sent, or its text where that is none. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** How to reach and convince an API server. */
export interface Connection {
  readonly port: number;
  /** The certificate of the authority that signed the server's, PEM. */
  readonly authority: string;
  readonly token: string;
}

/** Speaks to an API server on this machine over connections it keeps. */
export class Client {
  readonly connection: Connection;
  readonly #agent: Agent;

  constructor(connection: Connection) {
    this.connection = connection;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 32, ca: connection.authority });
  }

  /** Sends one request; what the server refuses is an answer too. Rejects when there is none. */
  async send(method: string, path: string, body?: unknown): Promise<Answer> {
    const sent = body === undefined ? "" : JSON.stringify(body);
    const { port, token } = this.connection;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = {
        Authorization: `Bearer ${token}`,
        "Content-Type": "application/json",
        "Content-Length": Buffer.byteLength(sent),
      };
      const options = { host: "127.0.0.1", port, path, method, headers, agent: this.#agent };
      request(options, resolve).on("error", reject).end(sent);
    });
    const received = await text(response);
    return { status: response.statusCode ?? 0, body: parse(received) };
  }

  close(): void {
    this.#agent.destroy();
  }
}

function parse(received: string): unknown {
  try {
    return JSON.parse(received);
  } catch {
    return received;
  }
}

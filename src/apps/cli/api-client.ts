/** Requests to an API server, and what their failures mean for a command. */
import { request } from "node:https";
import { text } from "node:stream/consumers";
import type { ResourceKind } from "../../core/resources/resource.ts";
import { CommandFailure, EXIT } from "./exit.ts";
import type { Connection } from "./kubeconfig.ts";

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** From the root, with its query: `/api/v1/namespaces`. */
  readonly path: string;
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: string;
}

/** A client of the server of one kubeconfig. */
export interface ApiClient {
  /** The namespace to assume where none is said. */
  readonly namespace: string;
  /**
   * The answer's JSON. Throws {@link ApiRefusal} for an answer that is not a success, and
   * CommandFailure (unreachable) when there is none.
   */
  readonly send: (request: ApiRequest) => Promise<unknown>;
}

/** A Kubernetes Status that says no. */
export class ApiRefusal extends CommandFailure {
  readonly status: number;

  constructor(status: number, message: string) {
    super(status === 404 ? EXIT.no : EXIT.refused, message);
    this.status = status;
  }
}

export function apiClient(connection: Connection): ApiClient {
  return {
    namespace: connection.namespace,
    send: async (wanted) => {
      const { status, body } = await exchange(connection, wanted);
      const answer = parseBody(body);
      if (status >= 200 && status < 300) return answer;
      throw new ApiRefusal(status, messageOf(answer) ?? `the server answered ${status}`);
    },
  };
}

/** The path of a kind's collection, or of the object called `name` in it. */
export function pathOf(kind: ResourceKind, namespace: string | undefined, name?: string): string {
  const group = kind.group === "" ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const scoped = kind.scope === "Namespaced" && namespace !== undefined;
  const place = scoped ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  const object = name === undefined ? "" : `/${encodeURIComponent(name)}`;
  return `${group}${place}/${kind.plural}${object}`;
}

function exchange(
  connection: Connection,
  wanted: ApiRequest,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => {
      const message = `cannot reach ${connection.server}: ${cause.message}`;
      reject(new CommandFailure(EXIT.unreachable, message, { cause }));
    };
    const headers: Record<string, string> = { accept: wanted.accept ?? "application/json" };
    if (connection.token !== undefined) headers.authorization = `Bearer ${connection.token}`;
    if (wanted.body !== undefined) {
      headers["content-type"] = wanted.contentType ?? "application/json";
      headers["content-length"] = String(Buffer.byteLength(wanted.body));
    }
    const sent = request(
      new URL(connection.server + wanted.path),
      { method: wanted.method, headers, agent: false, ca: connection.authority },
      (answer) => {
        text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), fail);
      },
    );
    sent.on("error", fail);
    sent.end(wanted.body);
  });
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return { message: body.trim() };
  }
}

function messageOf(answer: unknown): string | undefined {
  if (typeof answer !== "object" || answer === null || !("message" in answer)) return undefined;
  return typeof answer.message === "string" && answer.message !== "" ? answer.message : undefined;
}

/** Requests to an API server. What it refuses and when it cannot be reached are values. */

import type { IncomingMessage } from "node:http";
import { Agent, type RequestOptions, request } from "node:https";
import { text } from "node:stream/consumers";
import { apiVersionOf } from "../../core/resources/kinds.ts";
import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import { entry, isObject, textAt } from "../../core/schema/json-object.ts";
import { errorOf } from "../../core/text/reason.ts";
import { BATCH_PATH, type BatchFailure, type BatchResult } from "../apiserver/batch.ts";
import { failure, type Status } from "../apiserver/status.ts";
import type { Connection } from "./kubeconfig.ts";

/** Why a request came to nothing. */
export type ApiFailure =
  | { readonly reason: "unreachable"; readonly message: string; readonly cause: Error }
  | { readonly reason: "refused"; readonly message: string; readonly status: Status };

/** What came of a request. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: ApiFailure };

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** From the root: `/api/v1/namespaces`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly accept?: string;
  readonly contentType?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export interface WatchOptions {
  readonly silenceMs?: number;
  /** Told when the server has agreed to the watch. */
  readonly onOpen?: () => void;
}

/** One event of a watch, unread. */
export interface RawWatchEvent {
  readonly type: string;
  readonly object: unknown;
}

/** How long a server may be silent before the connection counts as lost. */
const SILENCE_MS = 30_000;
const JSON_TYPE = "application/json";

export class ApiClient {
  readonly connection: Connection;
  readonly #agent: Agent;
  readonly #userAgent: string;

  constructor(connection: Connection, userAgent = "picket") {
    this.connection = connection;
    this.#userAgent = userAgent;
    const { authority, client } = connection;
    this.#agent = new Agent({
      keepAlive: true,
      ...(authority !== undefined && { ca: authority }),
      ...(client && { cert: client.certificate, key: client.key }),
    });
  }

  /** The JSON that answers a request. */
  async send(wanted: ApiRequest): Promise<Answer<unknown>> {
    const { promise, resolve } = Promise.withResolvers<Answer<unknown>>();
    const unreachable = (cause: Error): void => resolve(this.#unreachable(cause));
    const sent = request(this.#optionsOf(wanted), (response) => {
      text(response).then((body) => resolve(answerOf(response.statusCode ?? 0, body)), unreachable);
    });
    sent.on("error", unreachable);
    sent.setTimeout(SILENCE_MS, () => sent.destroy(new Error("no answer in time")));
    sent.end(wanted.body === undefined ? undefined : JSON.stringify(wanted.body));
    return promise;
  }

  /**
   * Makes every object what its resource says, all or none. A refusal's status is then a
   * {@link BatchFailure}, which says which ones were refused and why.
   */
  async applyAll(
    resources: readonly Resource[],
    options: { readonly namespace?: string; readonly dryRun?: boolean } = {},
  ): Promise<Answer<BatchResult>> {
    const { namespace = this.connection.namespace, dryRun = false } = options;
    const answer = await this.send({
      method: "POST",
      path: BATCH_PATH,
      query: { namespace, ...(dryRun && { dryRun: "All" }) },
      body: { apiVersion: "v1", kind: "List", items: resources },
    });
    return answer as Answer<BatchResult>;
  }

  async get(kind: ResourceKind, namespace: string, name: string): Promise<Answer<Resource>> {
    const path = pathOf(kind, namespace, name);
    return (await this.send({ method: "GET", path })) as Answer<Resource>;
  }

  /** Every object of the kind, of one namespace or, when it is undefined, of all. */
  async list(
    kind: ResourceKind,
    namespace?: string,
    query: Readonly<Record<string, string>> = {},
  ): Promise<Answer<ApiList>> {
    const items: Resource[] = [];
    let next = "";
    for (;;) {
      const path = pathOf(kind, namespace);
      const paged = { ...query, limit: "500", ...(next !== "" && { continue: next }) };
      const answer = await this.send({ method: "GET", path, query: paged });
      if (!answer.ok) return answer;
      const metadata = entry(answer.value, "metadata");
      const found = entry(answer.value, "items");
      if (Array.isArray(found)) items.push(...found.map((item) => typed(kind, item)));
      next = textAt(metadata, "continue") ?? "";
      const revision = Number(textAt(metadata, "resourceVersion") ?? 0);
      if (next === "") return { ok: true, value: { items, revision } };
    }
  }

  async delete(kind: ResourceKind, namespace: string, name: string): Promise<Answer<unknown>> {
    return this.send({ method: "DELETE", path: pathOf(kind, namespace, name) });
  }

  /**
   * The events of a watch, until it ends or is aborted. Ends with a failure when the server refuses
   * it, cannot be reached, or is silent for longer than `silenceMs`.
   */
  async *watch(
    wanted: Omit<ApiRequest, "method" | "body"> & WatchOptions,
  ): AsyncGenerator<RawWatchEvent, ApiFailure | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const sent = request(this.#optionsOf({ ...wanted, method: "GET" }), resolve);
    sent.on("error", reject);
    if (wanted.silenceMs) {
      sent.setTimeout(wanted.silenceMs, () => sent.destroy(new Error("the watch fell silent")));
    }
    sent.end();
    try {
      const response = await promise;
      if (response.statusCode !== 200) {
        const answer = answerOf(response.statusCode ?? 0, await text(response));
        return answer.ok ? undefined : answer.failure;
      }
      wanted.onOpen?.();
      for await (const line of linesOf(response)) {
        const event: unknown = JSON.parse(line);
        yield { type: textAt(event, "type") ?? "", object: entry(event, "object") };
      }
      return undefined;
    } catch (cause) {
      if (wanted.signal?.aborted) return undefined;
      const answer = this.#unreachable(errorOf(cause));
      return answer.ok ? undefined : answer.failure;
    } finally {
      sent.destroy();
    }
  }

  /** Ends the connections that are kept for the next request. */
  close(): void {
    this.#agent.destroy();
  }

  #optionsOf(wanted: ApiRequest): RequestOptions {
    const { token, server } = this.connection;
    const url = new URL(server + wanted.path);
    for (const [name, value] of Object.entries(wanted.query ?? {}))
      url.searchParams.set(name, value);
    return {
      protocol: url.protocol,
      hostname: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port,
      path: url.pathname + url.search,
      method: wanted.method,
      agent: this.#agent,
      ...(wanted.signal && { signal: wanted.signal }),
      headers: {
        accept: wanted.accept ?? JSON_TYPE,
        "user-agent": this.#userAgent,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(wanted.body !== undefined && { "content-type": wanted.contentType ?? JSON_TYPE }),
      },
    };
  }

  #unreachable(cause: Error): Answer<never> {
    const message = `cannot reach ${this.connection.server}: ${cause.message}`;
    return { ok: false, failure: { reason: "unreachable", message, cause } };
  }
}

export interface ApiList {
  readonly items: readonly Resource[];
  readonly revision: number;
}

/** The refusals of a batch, one an object that was refused; undefined if it was refused as a whole. */
export function batchFailure(failure: ApiFailure): BatchFailure["refused"] | undefined {
  if (failure.reason !== "refused") return undefined;
  const refused = entry(failure.status, "refused");
  return Array.isArray(refused) ? (refused as BatchFailure["refused"]) : undefined;
}

/** The path of a kind's collection, of one namespace or of all, or of the object `name` in it. */
export function pathOf(kind: ResourceKind, namespace?: string, name?: string): string {
  const root = `${kind.group === "" ? "/api" : "/apis"}/${apiVersionOf(kind)}`;
  const scoped = kind.scope === "Namespaced" && namespace !== undefined;
  const place = scoped ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  const object = name === undefined ? "" : `/${encodeURIComponent(name)}`;
  return `${root}${place}/${kind.plural}${object}`;
}

/** Items of a list need not repeat what the list says they are. */
function typed(kind: ResourceKind, item: unknown): Resource {
  return { ...(item as Resource), apiVersion: apiVersionOf(kind), kind: kind.kind };
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of response.setEncoding("utf8")) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

function answerOf(code: number, body: string): Answer<unknown> {
  const value = parse(body);
  if (code >= 200 && code < 300) return { ok: true, value };
  // A Status says that it is one, and its fields are read as if any could be missing.
  const status =
    isObject(value) && value.kind === "Status"
      ? (value as unknown as Status)
      : failure(code, "Unknown", `the server answered ${code}: ${body.slice(0, 200)}`);
  const message = status.message ?? `the server answered ${code}`;
  return { ok: false, failure: { reason: "refused", message, status } };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The API server: the Kubernetes protocol over TLS, on top of a store. */

import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import type { AddressInfo } from "node:net";
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import type { ResourceKind } from "../../core/resources/resource.ts";
import type { Storage } from "../storage/storage.ts";
import { routeBatch } from "./batch.ts";
import { Catalog } from "./catalog.ts";
import { coreVersions, group, groupList, resourceList } from "./discovery.ts";
import { openApiDocument, openApiIndex } from "./openapi.ts";
import { OPENAPI_V2, OPENAPI_V2_TYPE } from "./openapi-v2.ts";
import { Registry } from "./registry.ts";
import { routeResources } from "./resource-routes.ts";
import {
  badRequest,
  failure,
  Refusal,
  type Status,
  tooLarge,
  unauthorized,
  unknownResource,
} from "./status.ts";
import type { Guard } from "./transactions.ts";
import { WatchStreams } from "./watch-stream.ts";

/** Where the server tells what went wrong on its own side. */
export interface Log {
  readonly error: (about: object, message: string) => void;
}

export interface ApiServerOptions {
  readonly storage: Storage;
  readonly kinds: readonly ResourceKind[];
  /** What a client must bear. */
  readonly token: string;
  /** PEM. */
  readonly tls: { readonly key: string; readonly cert: string };
  readonly log: Log;
  /** Of Picket. */
  readonly version: string;
  /** The time, in milliseconds. */
  readonly now?: () => number;
  readonly newUid?: () => string;
  readonly guard?: Guard;
}

/** A server that may or may not listen yet. */
export interface ApiServer {
  readonly registry: Registry;
  readonly fastify: FastifyInstance;
  /** Starts to listen; port 0 is any that is free. Returns the URL to reach it by. */
  readonly listen: (port: number, host?: string) => Promise<string>;
  /** Ends watches and connections; the store stays open. */
  readonly close: () => Promise<void>;
}

/** The largest body of a request, as in Kubernetes. */
const BODY_LIMIT = 3 * 1024 * 1024;
const RECEIVE_WITHIN_MS = 60_000;
/** What anyone may ask. */
const OPEN_PATHS = new Set(["/healthz", "/livez", "/readyz", "/version"]);

/** A server that does not listen yet; built-in objects are created now. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const now = options.now ?? Date.now;
  const catalog = new Catalog(options.kinds);
  const newUid = options.newUid ?? randomUUID;
  const registry = new Registry({
    ...{ storage: options.storage, catalog, now, newUid },
    ...(options.guard && { guard: options.guard }),
  });
  registry.createBuiltIns();
  const streams = new WatchStreams();
  // The type of an HTTPS instance differs in the raw socket alone, which no route looks at.
  const app: FastifyInstance = fastify({
    https: options.tls,
    bodyLimit: BODY_LIMIT,
    requestTimeout: RECEIVE_WITHIN_MS,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
    frameworkErrors: (error, _request, reply) => {
      const { status } = badRequest(error.message);
      (reply as FastifyReply).code(status.code).send(status);
    },
  }) as unknown as FastifyInstance;
  acceptAnyBody(app);
  app.addHook("onRequest", async (request) => authenticate(request, options.token));
  app.addHook("preClose", async () => streams.close());
  app.setNotFoundHandler(() => {
    throw unknownResource();
  });
  app.setErrorHandler((error: FastifyError | Refusal, request, reply) => {
    const status = statusOf(error);
    if (status.code >= 500) {
      options.log.error({ err: error, method: request.method, url: request.url }, "request failed");
    }
    reply.code(status.code).send(status);
  });
  routeHealth(app, options.version);
  routeDiscovery(app, catalog);
  routeResources(app, { registry, streams, now });
  routeBatch(app, registry);
  return {
    registry,
    fastify: app,
    listen: async (port, host = "127.0.0.1") => {
      await app.listen({ port, host });
      const { port: found } = app.server.address() as AddressInfo;
      return `https://${host.includes(":") ? `[${host}]` : host}:${found}`;
    },
    close: () => app.close(),
  };
}

/** Bodies are parsed where it is known what they may be. */
function acceptAnyBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
}

function authenticate(request: FastifyRequest, token: string): void {
  const path = request.url.split("?", 1)[0] ?? "";
  if (OPEN_PATHS.has(path)) return;
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
  if (!timingSafeEqual(digest(given), digest(token))) throw unauthorized();
}

/** Of one length whatever the text, so that comparing tells nothing of it. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function statusOf(error: FastifyError | Refusal): Status {
  if (error instanceof Refusal) return error.status;
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") return tooLarge(BODY_LIMIT).status;
  const code = error.statusCode ?? 500;
  if (code < 500) return badRequest(error.message).status;
  return failure(500, "InternalError", `Internal error occurred: ${error.message}`);
}

function routeHealth(app: FastifyInstance, version: string): void {
  for (const path of ["/healthz", "/livez", "/readyz"]) {
    app.get(path, (_request, reply) => reply.type("text/plain").send("ok"));
  }
  app.get("/version", () => ({
    major: "1",
    minor: "32",
    gitVersion: `v1.32.0+picket.${version}`,
    platform: `${process.platform}/${process.arch}`,
  }));
}

function routeDiscovery(app: FastifyInstance, catalog: Catalog): void {
  const found = <T>(value: T | undefined): T => {
    if (value === undefined) throw unknownResource();
    return value;
  };
  const documents = JSON.stringify(
    catalog.groupVersions().map((gv) => openApiDocument(catalog, gv)),
  );
  const hash = createHash("sha256").update(documents).digest("hex").slice(0, 32).toUpperCase();
  app.get("/api", () => coreVersions());
  app.get("/apis", () => groupList(catalog));
  app.get("/openapi/v2", (request, reply) => {
    if (!request.headers.accept?.includes(OPENAPI_V2_TYPE)) throw unknownResource();
    return reply.type(OPENAPI_V2_TYPE).send(OPENAPI_V2);
  });
  app.get("/openapi/v3", () => openApiIndex(catalog, hash));
  app.get("/apis/:group", (request) => found(group(catalog, parts(request).group)));
  for (const path of ["/api/:version", "/apis/:group/:version"]) {
    app.get(path, (request) => found(resourceList(catalog, parts(request))));
    app.get(`/openapi/v3${path}`, (request) => found(openApiDocument(catalog, parts(request))));
  }
}

function parts(request: FastifyRequest): { readonly group: string; readonly version: string } {
  return { group: "", version: "", ...(request.params as object) };
}

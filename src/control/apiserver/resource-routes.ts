/** The paths under which the objects of a kind are read and written. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { apiVersionOf } from "../../core/resources/kinds.ts";
import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import { type AnswerOptions, answerEvent, answerList, answerObject, negotiate } from "./answer.ts";
import { type PatchType, parseBody, parsePatch } from "./body.ts";
import { hasStatus } from "./catalog.ts";
import { shallow } from "./depth.ts";
import { applyJsonPatch } from "./json-patch.ts";
import { listObjects } from "./list.ts";
import { applyMergePatch } from "./merge-patch.ts";
import {
  count,
  dryRun,
  fieldManager,
  fieldValidation,
  includeObject,
  isTrue,
  listQuery,
  preconditions,
} from "./query.ts";
import type { Registry } from "./registry.ts";
import { badRequest, detailsOf, notAllowed, success } from "./status.ts";
import { applyStrategicMergePatch } from "./strategic-merge-patch.ts";
import { watchObjects } from "./watch.ts";
import type { WatchStreams } from "./watch-stream.ts";
import type { WriteOptions, Written } from "./write.ts";

export interface Serving {
  readonly registry: Registry;
  readonly streams: WatchStreams;
  /** The time, in milliseconds. */
  readonly now: () => number;
}

/** A request for objects of a kind, its query parsed. */
interface Call {
  readonly serving: Serving;
  readonly kind: ResourceKind;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly parameters: URLSearchParams;
  /** Absent where every namespace is meant. */
  readonly namespace?: string;
  readonly name: string;
  readonly subresource: "" | "status";
}

type Handler = (call: Call) => unknown;

/** Serves the kinds of the registry. */
export function routeResources(app: FastifyInstance, serving: Serving): void {
  for (const kind of serving.registry.catalog.kinds) {
    const root = `${kind.group === "" ? "/api" : "/apis"}/${apiVersionOf(kind)}`;
    const isNamespaced = kind.scope === "Namespaced";
    const collection = `${root}${isNamespaced ? "/namespaces/:namespace" : ""}/${kind.plural}`;
    const route = (path: string, handlers: Readonly<Record<string, Handler>>): void => {
      app.all(path, (request, reply) => {
        const handler = Object.hasOwn(handlers, request.method) && handlers[request.method];
        if (!handler) throw notAllowed(request.method);
        return handler(callOf(serving, kind, request, reply));
      });
    };
    if (isNamespaced) route(`${root}/${kind.plural}`, { GET: listOrWatch });
    route(collection, { GET: listOrWatch, POST: create, DELETE: deleteCollection });
    route(`${collection}/:name`, { GET: get, PUT: replace, PATCH: patch, DELETE: remove });
    if (!hasStatus(kind)) continue;
    route(`${collection}/:name/status`, { GET: get, PUT: replace, PATCH: patch });
  }
}

/** The query of a request, as it stands in its URL. */
export function parametersOf(request: FastifyRequest): URLSearchParams {
  const question = request.url.indexOf("?");
  return new URLSearchParams(question < 0 ? "" : request.url.slice(question + 1));
}

function callOf(
  serving: Serving,
  kind: ResourceKind,
  request: FastifyRequest,
  reply: FastifyReply,
): Call {
  const { namespace, name = "" } = request.params as {
    readonly namespace?: string;
    readonly name?: string;
  };
  return {
    serving,
    kind,
    request,
    reply,
    parameters: parametersOf(request),
    ...(namespace !== undefined && { namespace }),
    name,
    subresource: request.routeOptions.url?.endsWith("/:name/status") ? "status" : "",
  };
}

function listOrWatch(call: Call): unknown {
  const { parameters, serving, kind, namespace } = call;
  const place = { kind, ...(namespace !== undefined && { namespace }) };
  const query = listQuery(parameters, place);
  const options = answerOptions(call);
  if (!isTrue(parameters, "watch")) {
    return answerList(listObjects(serving.registry.storage, query), options);
  }
  const seconds = count(parameters, "timeoutSeconds");
  const bookmarks = isTrue(parameters, "allowWatchBookmarks");
  const initial = parameters.get("sendInitialEvents");
  const watch = {
    ...query,
    bookmarks,
    ...(initial !== null && { sendInitialEvents: initial === "true" }),
  };
  call.reply.hijack();
  serving.streams.serve(call.reply.raw, {
    seconds,
    bookmarks,
    start: (emit) => watchObjects(serving.registry.storage, watch, emit),
    format: (event, first) => answerEvent(event, { ...options, now: serving.now() }, first),
  });
  return call.reply;
}

function get(call: Call): unknown {
  const { serving, kind, namespace = "", name } = call;
  return answerObject(serving.registry.get(kind, namespace, name), answerOptions(call));
}

async function create(call: Call): Promise<unknown> {
  const { kind, namespace = "" } = call;
  const { registry } = call.serving;
  const object = registry.named(bodyOf(call));
  const options = writeOptions(call);
  const create = (): Written => registry.create(kind, namespace, object, options);
  return answerWritten(call, await registry.decided(create));
}

async function replace(call: Call): Promise<unknown> {
  const { kind, namespace = "", name } = call;
  const { registry } = call.serving;
  const object = bodyOf(call);
  const options = writeOptions(call);
  const replace = (): Written => registry.replace(kind, namespace, name, object, options);
  return answerWritten(call, await registry.decided(replace));
}

async function patch(call: Call): Promise<unknown> {
  const { serving, kind, namespace = "", name, parameters } = call;
  const found = parsePatch(
    call.request.body,
    call.request.headers["content-type"],
    patchesOf(kind),
  );
  const options = writeOptions(call);
  const { registry } = serving;
  if (found.type === "apply") {
    if (!parameters.get("fieldManager"))
      throw badRequest("fieldManager is required for apply patch");
    const forced = { ...options, force: isTrue(parameters, "force") };
    const apply = (): Written => registry.apply(kind, namespace, name, found.patch, forced);
    return answerWritten(call, await registry.decided(apply));
  }
  const change = (object: Resource): unknown => shallow(patched(found.type, object, found.patch));
  const patch = (): Written => registry.patch(kind, namespace, name, change, options);
  return answerWritten(call, await registry.decided(patch));
}

function patched(type: PatchType, object: Resource, patch: unknown): unknown {
  if (type === "json") return applyJsonPatch(object, patch);
  return type === "merge"
    ? applyMergePatch(object, patch)
    : applyStrategicMergePatch(object, patch);
}

async function remove(call: Call): Promise<unknown> {
  const { serving, kind, namespace = "", name, parameters } = call;
  const sent = parseBody(call.request.body, call.request.headers["content-type"]);
  const options = { dryRun: dryRun(parameters, sent), ...preconditions(sent) };
  const { registry } = serving;
  const gone = await registry.decided(() => registry.delete(kind, namespace, name, options));
  if (gone.metadata.deletionTimestamp) return answerObject(gone, answerOptions(call));
  const { uid } = gone.metadata;
  return success({ ...detailsOf(kind, name), ...(uid !== undefined && { uid }) });
}

async function deleteCollection(call: Call): Promise<unknown> {
  const { serving, kind, namespace, parameters } = call;
  const sent = parseBody(call.request.body, call.request.headers["content-type"]);
  const options = { dryRun: dryRun(parameters, sent) };
  const query = listQuery(parameters, { kind, ...(namespace !== undefined && { namespace }) });
  const { registry } = serving;
  const list = await registry.decided(() => {
    const found = listObjects(registry.storage, query);
    registry.deleteAll(kind, found.objects, options);
    return found;
  });
  return answerList(list, answerOptions(call));
}

function answerWritten(call: Call, written: Written): unknown {
  if (written.outcome === "created") call.reply.code(201);
  warn(call.reply, written.warnings);
  return answerObject(written.object, answerOptions(call));
}

/** Tells the client's user, a `Warning` header a line. */
function warn(reply: FastifyReply, warnings: readonly string[]): void {
  if (warnings.length === 0) return;
  reply.header(
    "warning",
    warnings.map((line) => `299 - ${JSON.stringify(line.replaceAll(/[^\x20-\x7e]/g, "?"))}`),
  );
}

function answerOptions({ kind, request, parameters, serving }: Call): AnswerOptions {
  const form = negotiate(request.headers.accept);
  return { kind, form, include: includeObject(parameters), now: serving.now() };
}

export function writeOptionsOf(
  parameters: URLSearchParams,
  userAgent: string | undefined,
  subresource: "" | "status" = "",
): WriteOptions {
  return {
    dryRun: dryRun(parameters),
    fieldManager: fieldManager(parameters, userAgent),
    fieldValidation: fieldValidation(parameters),
    subresource,
  };
}

function writeOptions({ parameters, request, subresource }: Call): WriteOptions {
  return writeOptionsOf(parameters, request.headers["user-agent"], subresource);
}

function bodyOf({ request, kind }: Call): unknown {
  const body = parseBody(request.body, request.headers["content-type"]);
  if (body === undefined) throw badRequest(`the request needs a body: a ${kind.kind}`);
  return body;
}

/** kubectl knows how to make strategic patches only for the kinds that are built into it. */
const BUILT_INTO_KUBECTL: ReadonlySet<string> = new Set([
  "",
  "discovery.k8s.io",
  "networking.k8s.io",
]);

function patchesOf({ group }: ResourceKind): readonly PatchType[] {
  const strategic = BUILT_INTO_KUBECTL.has(group);
  return strategic ? ["json", "merge", "strategic", "apply"] : ["json", "merge", "apply"];
}

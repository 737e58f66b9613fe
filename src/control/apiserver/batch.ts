/** Many objects in one request, applied together or not at all: what `picket apply` sends. */

import type { FastifyInstance } from "fastify";
import type { Resource } from "../../core/resources/resource.ts";
import { entry } from "../../core/schema/json-object.ts";
import { parseBody } from "./body.ts";
import type { Registry } from "./registry.ts";
import { parametersOf, writeOptionsOf } from "./resource-routes.ts";
import { badRequest, failure, type Status } from "./status.ts";

/**
 * POST here a `List`; `?namespace=` is for the objects that need one and name none. It answers a
 * {@link BatchResult}, or with an error code a {@link BatchFailure}.
 */
export const BATCH_PATH = "/picket/v1/apply";

const BATCH_LIMIT = 64 * 1024 * 1024;

/** What an applied batch answers: an entry an object, in the order they were sent. */
export interface BatchResult {
  readonly items: readonly {
    readonly outcome: "created" | "configured" | "unchanged";
    readonly object: Resource;
  }[];
}

/** What a refused batch answers: nothing of it was written. */
export interface BatchFailure extends Status {
  /** `index` counts the objects as they were sent, from 0. */
  readonly refused: readonly { readonly index: number; readonly status: Status }[];
}

export function routeBatch(app: FastifyInstance, registry: Registry): void {
  app.post(BATCH_PATH, { bodyLimit: BATCH_LIMIT }, async (request, reply) => {
    const parameters = parametersOf(request);
    const { "content-type": contentType, "user-agent": userAgent } = request.headers;
    const sent = entry(parseBody(request.body, contentType), "items");
    if (!Array.isArray(sent)) throw badRequest("the body must be a List with items");
    const namespace = parameters.get("namespace") || "default";
    const options = writeOptionsOf(parameters, userAgent);
    const named = sent.map((object) => registry.named(object));
    const result = await registry.decided(() => registry.applyAll(named, namespace, options));
    if (result.applied) {
      return {
        items: result.written.map(({ outcome, object }) => ({ outcome, object })),
      } satisfies BatchResult;
    }
    const refused = result.refusals.map(({ index, refusal }) => ({
      index,
      status: refusal.status,
    }));
    const message = refused.map(({ status }) => status.message).join("; ");
    const { code = 400, reason = "BadRequest" } = refused[0]?.status ?? {};
    reply.code(code);
    return { ...failure(code, reason, message), refused } satisfies BatchFailure;
  });
}

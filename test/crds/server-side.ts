/** What an API server makes of manifests: it judges and completes each, and keeps none. */

import { setTimeout } from "node:timers/promises";
import type { ResourceKind } from "../../src/core/resources/resource.ts";
import { entry, isObject, objectAt, textAt } from "../../src/core/schema/json-object.ts";
import type { Client } from "../control-plane/client.ts";

/** The object as the server would keep it, or why it would not. */
export type Judgement = { readonly accepted: true; readonly object: unknown } | Refusal;

export interface Refusal {
  readonly accepted: false;
  readonly message: string;
  readonly causes: readonly Cause[];
}

/** One thing wrong, as a `Status` lists it. A request that cannot be read has no causes. */
export interface Cause {
  readonly field: string;
  readonly message: string;
}

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const POLL_MS = 20;
const SERVED_WITHIN_MS = 60_000;

/** Installs CustomResourceDefinitions and resolves when all of them are served. */
export async function install(client: Client, crds: readonly unknown[]): Promise<void> {
  await Promise.all(
    crds.map(async (crd) => {
      const { status, body } = await client.send("POST", CRDS, crd);
      if (status !== 201) throw new Error(`${nameOf(crd)}: ${textAt(body, "message") ?? body}`);
      await served(client, crd);
    }),
  );
}

async function served(client: Client, crd: unknown): Promise<void> {
  const spec = objectAt(crd, "spec");
  const plural = textAt(entry(spec, "names"), "plural");
  const versions = entry(spec, "versions");
  const [version] = Array.isArray(versions) ? versions : [];
  const list = `/apis/${textAt(spec, "group")}/${textAt(version, "name")}/${plural}?limit=1`;
  const end = Date.now() + SERVED_WITHIN_MS;
  while ((await client.send("GET", list)).status !== 200) {
    if (Date.now() > end) throw new Error(`${nameOf(crd)}: accepted, but not served`);
    await setTimeout(POLL_MS);
  }
  const { body } = await client.send("GET", `${CRDS}/${nameOf(crd)}`);
  const conditions = entry(objectAt(body, "status"), "conditions");
  for (const condition of Array.isArray(conditions) ? conditions : []) {
    if (textAt(condition, "type") !== "NonStructuralSchema") continue;
    throw new Error(`${nameOf(crd)}: ${textAt(condition, "message")}`);
  }
}

function nameOf(object: unknown): string {
  return textAt(entry(object, "metadata"), "name") ?? "an object without a name";
}

const DRY_RUN = "dryRun=All&fieldValidation=Strict";

/** Asks for the creation of `manifest` as a dry run; fields the kind does not have are refused. */
export async function judge(
  client: Client,
  kind: ResourceKind,
  manifest: unknown,
): Promise<Judgement> {
  const path = collectionPath(kind, manifest);
  let { status, body } = await client.send("POST", `${path}?${DRY_RUN}`, manifest);
  if (status === 409) {
    // One of the few objects that a server makes for itself, the namespace `default` say.
    ({ status, body } = await client.send(
      "PUT",
      `${path}/${nameOf(manifest)}?${DRY_RUN}`,
      manifest,
    ));
  }
  if (status === 200 || status === 201) return { accepted: true, object: body };
  if (status !== 400 && status !== 422) {
    throw new Error(`POST ${path} answered ${status}: ${JSON.stringify(body)}`);
  }
  const message = textAt(body, "message") ?? "";
  const listed = entry(objectAt(body, "details"), "causes");
  const causes = (Array.isArray(listed) ? listed : []).filter(isObject).map((cause) => ({
    field: textAt(cause, "field") ?? "",
    message: textAt(cause, "message") ?? "",
  }));
  return { accepted: false, message, causes };
}

function collectionPath(kind: ResourceKind, manifest: unknown): string {
  const api = kind.group === "" ? "/api" : `/apis/${kind.group}`;
  if (kind.scope === "Cluster") return `${api}/${kind.version}/${kind.plural}`;
  const named = textAt(entry(manifest, "metadata"), "namespace") ?? "";
  const namespace = /^[a-z0-9-]+$/.test(named) ? named : "default";
  return `${api}/${kind.version}/namespaces/${namespace}/${kind.plural}`;
}

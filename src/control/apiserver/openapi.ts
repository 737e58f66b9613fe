/** OpenAPI v3, which `kubectl explain`, `--dry-run=server` and server-side validation read. */

import { apiVersionOf } from "../../core/resources/kinds.ts";
import type { ResourceKind } from "../../core/resources/resource.ts";
import { objectAt } from "../../core/schema/json-object.ts";
import { openApi } from "../../core/schema/openapi.ts";
import { PATCH_TYPES } from "./body.ts";
import { type Catalog, type GroupVersion, hasStatus } from "./catalog.ts";

const OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
const STATUS = "io.k8s.apimachinery.pkg.apis.meta.v1.Status";
const GVK = "x-kubernetes-group-version-kind";

/** `/openapi/v3`: where the document of each group and version is. `hash` says when it changes. */
export function openApiIndex(catalog: Catalog, hash: string): object {
  const paths = catalog.groupVersions().map((groupVersion) => {
    const path = pathOf(groupVersion).slice(1);
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }] as const;
  });
  return { paths: Object.fromEntries(paths) };
}

/** The document of one group and version; undefined when no kind is in it. */
export function openApiDocument(catalog: Catalog, groupVersion: GroupVersion): object | undefined {
  const kinds = catalog.in(groupVersion);
  const [first] = kinds;
  if (!first) return undefined;
  return {
    openapi: "3.0.0",
    info: { title: "Picket", version: groupVersion.version },
    paths: Object.fromEntries(kinds.flatMap(pathsOf)),
    components: {
      schemas: {
        ...Object.fromEntries(kinds.map((kind) => [schemaName(kind), objectSchema(kind)])),
        [OBJECT_META]: openApi(first.schema.properties?.metadata ?? { type: "object" }),
        [STATUS]: { type: "object", description: "What became of a request." },
      },
    },
  };
}

function objectSchema(kind: ResourceKind): object {
  const schema = openApi(kind.schema);
  const metadata = {
    description: kind.schema.properties?.metadata?.description ?? "",
    allOf: [reference(OBJECT_META)],
  };
  return {
    ...schema,
    properties: { ...objectAt(schema, "properties"), metadata },
    [GVK]: [gvk(kind)],
  };
}

function pathsOf(kind: ResourceKind): (readonly [string, object])[] {
  const root = pathOf(kind);
  const scoped = kind.scope === "Namespaced" ? `${root}/namespaces/{namespace}` : root;
  const collection = `${scoped}/${kind.plural}`;
  const item = { get: operation(kind, "get"), ...writeOperations(kind) };
  const list = {
    get: operation(kind, "list"),
    post: operation(kind, "post", body(kind, ["application/json", "application/yaml"])),
    delete: operation(kind, "deletecollection"),
  };
  return [
    ...(kind.scope === "Namespaced"
      ? [[`${root}/${kind.plural}`, { get: operation(kind, "list") }] as const]
      : []),
    [collection, list],
    [`${collection}/{name}`, item],
    ...(hasStatus(kind) ? [[`${collection}/{name}/status`, { get: item.get }] as const] : []),
  ];
}

function writeOperations(kind: ResourceKind): object {
  return {
    put: operation(kind, "put", body(kind, ["application/json", "application/yaml"])),
    patch: operation(kind, "patch", body(kind, DOCUMENTED_PATCHES)),
    delete: operation(kind, "delete"),
  };
}

/**
 * Strategic merge is left out for every kind: kubectl would look for merge keys in our schemas,
 * where it now takes those it is built with.
 */
const DOCUMENTED_PATCHES = Object.keys(PATCH_TYPES).filter((type) => !type.includes("strategic"));

function operation(kind: ResourceKind, action: string, requestBody?: object): object {
  const writes = ["post", "put", "patch"].includes(action);
  const names = [
    ...(writes || action === "delete" ? ["dryRun"] : []),
    ...(writes ? ["fieldManager", "fieldValidation"] : []),
    ...(action === "patch" ? ["force"] : []),
  ];
  return {
    operationId: `${action}${kind.kind}`,
    ...(names.length > 0 && { parameters: names.map(parameter) }),
    ...(requestBody && { requestBody }),
    responses: {
      200: { description: "OK", content: content(["application/json"], schemaName(kind)) },
    },
    "x-kubernetes-action": action,
    [GVK]: gvk(kind),
  };
}

function parameter(name: string): object {
  return { name, in: "query", schema: { type: name === "force" ? "boolean" : "string" } };
}

function body(kind: ResourceKind, types: readonly string[]): object {
  return { content: content(types, schemaName(kind)), required: true };
}

function content(types: readonly string[], schema: string): object {
  return Object.fromEntries(types.map((type) => [type, { schema: reference(schema) }]));
}

function reference(schema: string): object {
  return { $ref: `#/components/schemas/${schema}` };
}

/** `org.projectcalico.v3.Tier`; unique among kinds. */
function schemaName(kind: ResourceKind): string {
  const group = kind.group === "" ? ["core"] : kind.group.split(".").reverse();
  return [...group, kind.version, kind.kind].join(".");
}

function pathOf(groupVersion: GroupVersion): string {
  const root = groupVersion.group === "" ? "/api" : "/apis";
  return `${root}/${apiVersionOf(groupVersion)}`;
}

function gvk({ group, version, kind }: ResourceKind): object {
  return { group, version, kind };
}

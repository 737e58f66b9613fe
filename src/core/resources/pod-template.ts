/** Workloads count as their pods: what a controller's manifest says of every pod that it starts. */
import { entry, isObject, type JsonObject, objectAt, textAt } from "../schema/json-object.ts";

interface Controller {
  /** The API groups that have had the kind. */
  readonly groups: readonly string[];
  /** The path of its pods' template. */
  readonly at: string;
}

const APPS: Controller = { groups: ["apps", "extensions"], at: "spec.template" };

const CONTROLLERS: ReadonlyMap<string, Controller> = new Map([
  ["Deployment", APPS],
  ["StatefulSet", APPS],
  ["DaemonSet", APPS],
  ["ReplicaSet", APPS],
  ["ReplicationController", { groups: [""], at: "spec.template" }],
  ["Job", { groups: ["batch"], at: "spec.template" }],
  ["CronJob", { groups: ["batch"], at: "spec.jobTemplate.spec.template" }],
  ["VirtualMachine", { groups: ["kubevirt.io"], at: "spec.template" }],
]);

/** What runs pods, as people know it. */
export interface Owner {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** A pod as a controller would start it, and where its manifest says so. */
export interface TemplatedPod {
  /** A manifest, not admitted yet, without node and address. */
  readonly pod: JsonObject;
  /** The path in the controller's manifest of a path of the pod. */
  readonly writtenAt: (path: string) => string;
}

/** The pod that all pods of a controller are like; undefined for an object that starts none. */
export function templatedPod(object: JsonObject): TemplatedPod | undefined {
  const [apiVersion = "", kind = ""] = [textAt(object, "apiVersion"), textAt(object, "kind")];
  const known = CONTROLLERS.get(kind);
  if (!known?.groups.includes(groupOf(apiVersion))) return undefined;
  const { name, namespace } = objectAt(object, "metadata");
  const template = known.at.split(".").reduce<unknown>(entry, object);
  const { labels, annotations } = objectAt(template, "metadata");
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...(name !== undefined && { name }),
      ...(namespace !== undefined && { namespace }),
      ...(labels !== undefined && { labels }),
      ...(annotations !== undefined && { annotations }),
      ownerReferences: [{ apiVersion, kind, name, controller: true }],
    },
    ...(isObject(template) && { spec: entry(template, "spec") ?? {} }),
  };
  const own = /^metadata(\.(name|namespace))?$|^$/;
  return { pod, writtenAt: (path) => (own.test(path) ? path : `${known.at}.${path}`) };
}

/** Who runs a pod: its controller, or nobody but itself. A node that mirrors it is no controller. */
export function ownerOf({
  metadata,
}: {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly ownerReferences?: unknown;
  };
}): Owner {
  const { namespace = "default", ownerReferences } = metadata;
  const references: readonly unknown[] = Array.isArray(ownerReferences) ? ownerReferences : [];
  const controller = references.find(
    (one) => entry(one, "controller") === true && entry(one, "kind") !== "Node",
  );
  const name = textAt(controller, "name");
  if (name === undefined) return { kind: "Pod", namespace, name: metadata.name };
  return { kind: textAt(controller, "kind") || "Pod", namespace, name };
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

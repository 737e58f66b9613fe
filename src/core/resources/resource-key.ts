/** What tells an object from every other of the cluster, in one text. */
import type { Resource } from "./resource.ts";

/** The parts of a key. */
export interface ResourceName {
  readonly apiVersion: string;
  readonly kind: string;
  /** "" where there is none. */
  readonly namespace: string;
  readonly name: string;
}

/** `apiVersion/kind/namespace/name`, with an empty namespace where there is none. */
export function resourceKey({ apiVersion, kind, metadata }: Resource): string {
  return `${apiVersion}/${kind}/${metadata.namespace ?? ""}/${metadata.name}`;
}

/** Whether that is the {@link resourceKey} of the object; makes no text to find out. */
export function isResourceKey(key: string, { apiVersion, kind, metadata }: Resource): boolean {
  const { namespace = "", name } = metadata;
  const kindAt = apiVersion.length + 1;
  const namespaceAt = kindAt + kind.length + 1;
  const nameAt = namespaceAt + namespace.length + 1;
  return (
    key.length === nameAt + name.length &&
    key.startsWith(apiVersion) &&
    key.startsWith(kind, kindAt) &&
    key.startsWith(namespace, namespaceAt) &&
    key.startsWith(name, nameAt) &&
    key[kindAt - 1] === "/" &&
    key[namespaceAt - 1] === "/" &&
    key[nameAt - 1] === "/"
  );
}

/** The parts of a key that {@link resourceKey} made. Only the version may have a slash of its own. */
export function parseResourceKey(key: string): ResourceName {
  const parts = key.split("/");
  const name = parts.pop() ?? "";
  const namespace = parts.pop() ?? "";
  const kind = parts.pop() ?? "";
  return { apiVersion: parts.join("/"), kind, namespace, name };
}

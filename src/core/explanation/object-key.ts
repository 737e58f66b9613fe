/** Names of objects that tell any two apart: two API groups have a NetworkPolicy. */
import type { PolicyId } from "../model/policy.ts";
import type { AnyResource } from "../resources/kinds.ts";

/** An object as the model names it: `kind` of a policy is its {@link PolicyId}'s. */
export interface ObjectName {
  readonly kind: string;
  /** "" for an object of no namespace. */
  readonly namespace: string;
  readonly name: string;
}

/** What the model calls the object. */
export function objectName({ apiVersion, kind, metadata }: AnyResource): ObjectName {
  const { namespace = "", name } = metadata;
  return { kind: modelKind(apiVersion, kind), namespace, name };
}

/** Equal for the same object only. */
export function objectKey({ kind, namespace, name }: ObjectName | PolicyId): string {
  return `${kind} ${namespace}/${name}`;
}

function modelKind(apiVersion: string, kind: string): string {
  if (kind === "ClusterNetworkPolicy") return "KubernetesClusterNetworkPolicy";
  return apiVersion.startsWith("networking.k8s.io/") ? `Kubernetes${kind}` : kind;
}

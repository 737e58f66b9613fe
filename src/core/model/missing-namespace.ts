/** Namespaces that workloads are in and that do not exist: they deny, which no manifest shows. */
import type { WorkloadEndpoint } from "./endpoint.ts";
import { namespaceProfile } from "./labels.ts";
import type { Problem } from "./model.ts";

/** Whether what becomes of the workload's packets depends on its namespace's profile. */
export function needsNamespace({
  profiles,
  namespace,
}: Pick<WorkloadEndpoint, "profiles" | "namespace">): boolean {
  return profiles.includes(namespaceProfile(namespace));
}

/** What is to be said of a namespace that is needed and not there. */
export function missingNamespace(name: string): Problem {
  const message = "the namespace does not exist: its pods are denied what no policy allows";
  return { apiVersion: "v1", kind: "Namespace", namespace: "", name, path: "", message };
}

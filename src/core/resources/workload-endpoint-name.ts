/** The name of a workload endpoint follows from its spec, so that one interface has one object. */
import { type FieldError, invalid, required } from "../schema/field-error.ts";

/** The fields that tell a workload endpoint from every other. */
export interface WorkloadEndpointIdentity {
  readonly node?: string;
  readonly orchestrator?: string;
  readonly pod?: string;
  readonly containerID?: string;
  readonly workload?: string;
  readonly endpoint?: string;
}

/** What each orchestrator calls what it runs; any other calls it `workload`. */
const RUNS: ReadonlyMap<string, "pod" | "containerID" | "orchestrator"> = new Map([
  ["k8s", "pod"],
  ["cni", "containerID"],
  ["libnetwork", "orchestrator"],
] as const);

/** Checks that `name` is `<node>-<orchestrator>-<what runs>-<endpoint>`, each `-` in a part doubled. */
export function checkWorkloadEndpointName(
  name: string,
  spec: WorkloadEndpointIdentity,
): FieldError[] {
  const runs = RUNS.get(spec.orchestrator ?? "") ?? "workload";
  const parts = ["node", "orchestrator", runs, "endpoint"] as const;
  const absent = parts.filter((part) => !spec[part]);
  if (absent.length > 0) return absent.map((part) => required(`spec.${part}`));
  const wanted = parts.map((part) => (spec[part] ?? "").replaceAll("-", "--")).join("-");
  if (name === wanted) return [];
  return [invalid("metadata.name", name, `must be ${JSON.stringify(wanted)}, as the spec says`)];
}

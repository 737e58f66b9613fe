/** NetworkSets and GlobalNetworkSets as sets of the model (resources.md §4.3). */
import type { GlobalNetworkSetResource } from "../resources/global-network-set.ts";
import type { NetworkSetResource } from "../resources/network-set.ts";
import { readNets } from "./convert-rule.ts";
import type { NetworkSet } from "./endpoint.ts";
import { NAMESPACE_LABEL, ownLabels } from "./labels.ts";
import type { Report } from "./problems.ts";

/** The set, with its own labels; networks that cannot be read are left out. */
export function convertNetworkSet(
  { kind, metadata, spec }: NetworkSetResource | GlobalNetworkSetResource,
  report: Report,
): NetworkSet {
  const { name } = metadata;
  const nets = readNets(spec.nets, "spec.nets", report) ?? [];
  const labels = ownLabels(metadata.labels);
  if (kind === "GlobalNetworkSet") {
    return { kind: "NetworkSet", namespace: "", name, labels, nets };
  }
  const { namespace = "default" } = metadata;
  labels.set(NAMESPACE_LABEL, namespace);
  return { kind: "NetworkSet", namespace, name, labels, nets };
}

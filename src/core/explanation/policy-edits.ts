/** Edits by whole policies: one less, or a new one. */
import type { Endpoint } from "../model/endpoint.ts";
import { endpointName } from "../model/endpoint.ts";
import { admit } from "../resources/admit.ts";
import { type AnyResource, kindOf } from "../resources/kinds.ts";
import { type Edit, objectWords } from "./edit.ts";
import type { Labelled } from "./label-edits.ts";
import { objectName } from "./object-key.ts";
import { equals, tellingLabel } from "./peer-spec.ts";
import { ruleFor, type Seen } from "./rule-edits.ts";

/** Without the policy at all. */
export function withoutPolicy(before: AnyResource): Edit {
  const words = `remove ${objectWords(before)}`;
  const change = { before };
  return { sort: "policy", words, object: objectName(before), path: "", size: 6, change };
}

/**
 * A policy of the endpoint's own in tier `default`: one that allows the connection, or one without
 * rules, which denies all that it governs. Undefined where no label tells whom it would select.
 */
export function newPolicy(
  seen: Seen,
  endpoint: Endpoint,
  labelled: Labelled,
  action: "Allow" | "Deny",
): Edit | undefined {
  const label = tellingLabel(labelled);
  if (!label) return undefined;
  const { direction } = seen;
  const namespace = endpoint.kind === "WorkloadEndpoint" ? endpoint.namespace : "";
  const kind = namespace === "" ? "GlobalNetworkPolicy" : "NetworkPolicy";
  const rules = action === "Allow" ? [ruleFor(seen, action, namespace)] : [];
  const name = `${action.toLowerCase()}-${direction}-of-${endpoint.name}`.slice(0, 63);
  const found = kindOf("projectcalico.org/v3", kind);
  const admission =
    found &&
    admit(found, {
      metadata: { name, ...(namespace !== "" && { namespace }) },
      spec: {
        tier: "default",
        selector: equals(label),
        types: [direction === "ingress" ? "Ingress" : "Egress"],
        ...(rules.length > 0 && { [direction]: rules }),
      },
    });
  if (!admission?.admitted) return undefined;
  const after = admission.resource;
  const whom = `${endpointName(endpoint)} for ${direction}`;
  const place = namespace === "" ? "" : ` to namespace ${namespace}`;
  const what = action === "Allow" ? "and allows it" : "and lists only what may";
  const words = `add a ${kind}${place} that selects ${whom} ${what}`;
  return { sort: "policy", words, object: objectName(after), path: "", size: 5, change: { after } };
}

/** Subject and rules of v1alpha1, the API before ClusterNetworkPolicy (k8s-conversion.md §3.4). */
import {
  type Infer,
  integer,
  list,
  object,
  oneOf,
  optional,
  string,
  validated,
} from "../schema/schema.ts";
import { exactlyOne, partsOf, peers, podSelector, ruleName } from "./admin-policy-fields.ts";

/** An absent podSelector is an empty one here. */
const { subject, ingressPeer, egressPeer } = partsOf({ ...podSelector, default: {} });

export { subject };

const MAX_ITEMS = 100;

const portNumber = (description: string) =>
  integer({ format: "int32", minimum: 1, maximum: 65_535, description });

const protocol = optional(
  oneOf(["TCP", "UDP", "SCTP"], { default: "TCP", description: "TCP when absent." }),
);

const portRange = validated(
  object(
    { protocol, start: portNumber("The first port."), end: portNumber("The last port.") },
    { description: "Ports from first to last." },
  ),
  {
    rule: "self.start < self.end",
    message: "start must be less than end",
    holds: ({ start, end }) => start < end,
  },
);

const port = exactlyOne({
  portNumber: optional(
    object({ protocol, port: portNumber("The port.") }, { description: "One port." }),
  ),
  portRange: optional(portRange),
  namedPort: optional(
    string({ description: "The destination pod's port of that name, whatever its protocol." }),
  ),
});

const ports = optional(
  list(port, {
    maxItems: MAX_ITEMS,
    description: "Ports of which the destination's must be one; anything when absent.",
  }),
);

/** The ingress and egress of a policy whose rules may take these actions. */
export function ruleLists<const A extends string>(actions: readonly A[]) {
  const fields = {
    name: ruleName,
    action: oneOf(actions, { description: "What happens to a connection that matches." }),
    ports,
  } as const;
  const ingressRule = object({
    ...fields,
    from: peers(ingressPeer, MAX_ITEMS, "Whom the connection comes from."),
  });
  const egressRule = object({
    ...fields,
    to: peers(egressPeer, MAX_ITEMS, "Whom the connection goes to."),
  });
  return {
    ingress: optional(
      list(ingressRule, { maxItems: MAX_ITEMS, description: "Rules for what comes in." }),
    ),
    egress: optional(
      list(egressRule, { maxItems: MAX_ITEMS, description: "Rules for what goes out." }),
    ),
  } as const;
}

export type AdminNetworkPolicyPort = Infer<typeof port>;

/** Random settings of all hosts, and of one. */
import type { FelixConfigurationResource } from "../../src/core/resources/felix-configuration.ts";
import type { AnyResource } from "../../src/core/resources/kinds.ts";
import type { Random } from "./random.ts";
import { NETS, NODES, PORTS } from "./universe.ts";

/** Mostly none: then everything is as it is by default. */
export function generateConfiguration(random: Random): AnyResource[] {
  const names = ["default", `node.${NODES[0].name}`].filter(() => random.chance(20));
  return names.map((name) => ({
    apiVersion: "projectcalico.org/v3",
    kind: "FelixConfiguration",
    metadata: { name },
    spec: spec(random),
  }));
}

function spec(random: Random): FelixConfigurationResource["spec"] {
  return {
    ...(random.chance(60) && {
      defaultEndpointToHostAction: random.pick(["Drop", "Return", "Accept"]),
    }),
    ...(random.chance(50) && { failsafeInboundHostPorts: failsafePorts(random) }),
    ...(random.chance(50) && { failsafeOutboundHostPorts: failsafePorts(random) }),
    ...(random.chance(50) && { allowVXLANPacketsFromWorkloads: random.chance(50) }),
    ...(random.chance(50) && { allowIPIPPacketsFromWorkloads: random.chance(50) }),
    ...(random.chance(30) && { vxlanPort: random.pick([53, 8080]) }),
    ...(random.chance(50) && { disableConntrackInvalidCheck: random.chance(50) }),
  };
}

function failsafePorts(random: Random) {
  return random.times(0, 3, () => ({
    protocol: random.pick(["TCP", "UDP", "SCTP"]),
    port: random.pick(PORTS),
    ...(random.chance(40) && { net: random.pick(NETS) ?? "" }),
  }));
}

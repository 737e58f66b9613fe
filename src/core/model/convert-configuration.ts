/** FelixConfigurations as the settings of hosts, on which the meaning of policy depends. */

import { parseAddressOrPrefix } from "../net/address.ts";
import { hasPorts, parseProtocol } from "../net/protocol.ts";
import type { FailsafePortSpec } from "../resources/failsafe-ports.ts";
import { configuredBy, type FelixConfigurationResource } from "../resources/felix-configuration.ts";
import type { FelixConfigurationSpec } from "../resources/felix-configuration-spec.ts";
import { parseSelector } from "../selector/parse.ts";
import { matches } from "../selector/selector.ts";
import { SelectorSyntaxError } from "../selector/tokenize.ts";
import { compareBytes } from "../text/byte-order.ts";
import { type Configuration, DEFAULT_CONFIGURATION, type FailsafePort } from "./configuration.ts";
import type { LabelledNode } from "./convert-host.ts";
import { reportFixedSettings } from "./fixed-settings.ts";
import type { Model, Problem } from "./model.ts";
import { type Report, reportOn } from "./problems.ts";

/**
 * What holds on every node, and on those that differ. Field by field `node.<name>` comes before an
 * object whose selector picks the node (the first by name), that before `default`.
 */
export function configurationsOf(
  all: readonly FelixConfigurationResource[],
  nodes: readonly LabelledNode[],
  problems: Problem[],
): Pick<Model, "configuration" | "nodeConfigurations"> {
  const sorted = [...all].sort((a, b) => compareBytes(a.metadata.name, b.metadata.name));
  let everywhere: FelixConfigurationSpec = {};
  const selected = new Map<string, FelixConfigurationSpec>();
  const named = new Map<string, FelixConfigurationSpec>();
  for (const resource of sorted) {
    const { metadata, spec } = resource;
    const report = reportOn(resource, problems);
    reportFixedSettings(spec, report);
    readFailsafePorts(spec, "failsafeInboundHostPorts", report);
    readFailsafePorts(spec, "failsafeOutboundHostPorts", report);
    const whom = configuredBy(metadata.name);
    if (!whom) {
      for (const node of nodesOf(spec.nodeSelector, nodes, report)) {
        selected.set(node, over(spec, selected.get(node)));
      }
    } else if ("every" in whom) everywhere = spec;
    else named.set(whom.node, spec);
  }
  const differing = [...new Set([...selected.keys(), ...named.keys()])].sort(compareBytes);
  return {
    configuration: configurationFrom(everywhere),
    nodeConfigurations: new Map(
      differing.map((node) => {
        const own = over(selected.get(node), named.get(node));
        return [node, configurationFrom(over(everywhere, own))];
      }),
    ),
  };
}

/** The names of the nodes that are selected; none without a selector that can be read. */
function nodesOf(
  selector: string | undefined,
  nodes: readonly LabelledNode[],
  report: Report,
): string[] {
  if (!selector) {
    report("metadata.name", "no node is configured: wanted default, node.<name> or a nodeSelector");
    return [];
  }
  try {
    const parsed = parseSelector(selector);
    return nodes.filter(({ labels }) => matches(parsed, labels)).map(({ name }) => name);
  } catch (error) {
    if (!(error instanceof SelectorSyntaxError)) throw error;
    const what = `${JSON.stringify(selector)} is not a selector: ${error.message}`;
    report("spec.nodeSelector", what);
    return [];
  }
}

/** The settings of `upper`, and those of `lower` that it does not have. */
function over(
  lower: FelixConfigurationSpec = {},
  upper: FelixConfigurationSpec = {},
): FelixConfigurationSpec {
  return { ...lower, ...upper };
}

function configurationFrom(spec: FelixConfigurationSpec): Configuration {
  const defaults = DEFAULT_CONFIGURATION;
  return {
    failsafePorts: {
      ingress:
        readFailsafePorts(spec, "failsafeInboundHostPorts") ?? defaults.failsafePorts.ingress,
      egress: readFailsafePorts(spec, "failsafeOutboundHostPorts") ?? defaults.failsafePorts.egress,
    },
    endpointToHost: endpointToHost(spec.defaultEndpointToHostAction),
    allowVxlanFromWorkloads:
      spec.allowVXLANPacketsFromWorkloads ?? defaults.allowVxlanFromWorkloads,
    allowIpipFromWorkloads: spec.allowIPIPPacketsFromWorkloads ?? defaults.allowIpipFromWorkloads,
    vxlanPort: spec.vxlanPort || defaults.vxlanPort,
    dropInvalid: !(spec.disableConntrackInvalidCheck ?? !defaults.dropInvalid),
  };
}

function endpointToHost(written: string | undefined): Configuration["endpointToHost"] {
  const actions = ["Drop", "Return", "Accept"] as const;
  const wanted = written?.toLowerCase();
  return actions.find((action) => action.toLowerCase() === wanted) ?? "Drop";
}

/** The ports of the list; one that cannot be read is reported, and is none. An empty list is none. */
function readFailsafePorts(
  spec: FelixConfigurationSpec,
  list: "failsafeInboundHostPorts" | "failsafeOutboundHostPorts",
  report: Report = () => undefined,
): FailsafePort[] | undefined {
  return spec[list]?.flatMap((written, i) => readPort(written, `spec.${list}[${i}]`, report));
}

function readPort(
  { protocol: name = "TCP", port, net: text }: FailsafePortSpec,
  path: string,
  report: Report,
): FailsafePort[] {
  const protocol = parseProtocol(name);
  if (protocol === undefined || !hasPorts(protocol)) {
    report(`${path}.protocol`, `${JSON.stringify(name)} is not TCP, UDP or SCTP`);
    return [];
  }
  if (!text) return [{ protocol, port }];
  const net = parseAddressOrPrefix(text);
  if (net) return [{ protocol, port, net }];
  report(`${path}.net`, `${JSON.stringify(text)} is not an IP network`);
  return [];
}

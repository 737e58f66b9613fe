/** What states are made of, in brief. An object's key is the name that it is given here, or has it. */

import type { EndpointPort } from "../../src/core/model/endpoint.ts";
import { NAMESPACE_LABEL } from "../../src/core/model/labels.ts";
import type { Direction, Policy } from "../../src/core/model/policy.ts";
import type { Backend } from "../../src/core/model/service.ts";
import type { ModelUpdate } from "../../src/core/model/update.ts";
import { address, prefix } from "../../src/core/net/address.ts";
import { parseProtocol } from "../../src/core/net/protocol.ts";
import { parseSelector } from "../../src/core/selector/parse.ts";
import type { Labels } from "../../src/core/selector/selector.ts";
import { type Draft, placed } from "./rules.ts";
import { NODE } from "./state.ts";

type Written = Readonly<Record<string, string>>;

interface EndpointParts {
  readonly labels?: Written;
  readonly profiles?: readonly string[];
  /** Each `name protocol/port`. */
  readonly ports?: readonly string[];
  readonly node?: string;
}

interface PodParts extends EndpointParts {
  readonly namespace?: string;
}

/** A pod on this node, labelled `app: name` if nothing else is said; its addresses by commas. */
export function pod(name: string, addresses: string, parts: PodParts = {}): ModelUpdate {
  const { namespace = "prod", labels = { app: name } } = parts;
  const value = {
    kind: "WorkloadEndpoint" as const,
    namespace,
    name,
    interfaceName: `cali${name}`,
    addresses: listed(addresses).map(address),
    ...endpoint(parts, { ...labels, [NAMESPACE_LABEL]: namespace }),
  };
  return { part: "workload", key: name, value };
}

/** A pod on another node. */
export function farPod(name: string, addresses: string, parts: PodParts = {}): ModelUpdate {
  return pod(name, addresses, { node: "there", ...parts });
}

interface HostParts extends EndpointParts {
  readonly addresses?: string;
}

/** A host endpoint of an interface (`*`: of all, "": found by address), labelled `host: name`. */
export function host(name: string, interfaceName: string, parts: HostParts = {}): ModelUpdate {
  const { labels = { host: name }, addresses = "" } = parts;
  const value = {
    kind: "HostEndpoint" as const,
    name,
    interfaceName,
    addresses: listed(addresses).map(address),
    ...endpoint(parts, labels),
  };
  return { part: "hostEndpoint", key: `host ${name}`, value };
}

/** A global network set. */
export function nets(name: string, labels: Written, ...texts: readonly string[]): ModelUpdate {
  return netsOf("", name, labels, ...texts);
}

/** A network set of a namespace. */
export function netsOf(
  namespace: string,
  name: string,
  labels: Written,
  ...texts: readonly string[]
): ModelUpdate {
  const own = namespace === "" ? labels : { ...labels, [NAMESPACE_LABEL]: namespace };
  const value = {
    kind: "NetworkSet" as const,
    namespace,
    name,
    labels: labelsOf(own),
    nets: texts.map(prefix),
  };
  return { part: "networkSet", key: `${namespace}/${name}`, value };
}

interface PolicyParts
  extends Partial<
    Pick<
      Policy,
      "kind" | "namespace" | "tier" | "order" | "doNotTrack" | "preDNAT" | "applyOnForward"
    >
  > {
  readonly ingress?: readonly Draft[];
  readonly egress?: readonly Draft[];
  readonly types?: readonly Direction[];
  readonly staged?: boolean;
  readonly unenforceable?: string;
}

/** A policy for what `selector` selects; of the directions that it has rules for, if none is said. */
export function policy(name: string, selector: string, parts: PolicyParts = {}): ModelUpdate {
  const { ingress, egress, ...rest } = parts;
  const written = (["ingress", "egress"] as const).filter((direction) => parts[direction]);
  const value: Policy = {
    kind: "GlobalNetworkPolicy",
    namespace: "",
    tier: "default",
    order: Number.POSITIVE_INFINITY,
    doNotTrack: false,
    preDNAT: false,
    applyOnForward: false,
    staged: false,
    ...rest,
    name,
    selector: parseSelector(selector),
    types: new Set(parts.types ?? written),
    ingress: placed("ingress", ingress),
    egress: placed("egress", egress),
  };
  return { part: "policy", key: `${value.kind} ${value.namespace}/${name}`, value };
}

/** A tier. */
export function tier(
  name: string,
  order: number,
  defaultAction: "Deny" | "Pass" = "Deny",
): ModelUpdate {
  return { part: "tier", key: name, value: { name, order, defaultAction } };
}

/** The rules of a profile. */
export function profile(
  name: string,
  ingress: readonly Draft[] = [],
  egress: readonly Draft[] = [],
): ModelUpdate {
  const rules = { ingress: placed("ingress", ingress), egress: placed("egress", egress) };
  return { part: "profile", key: name, value: { name, ...rules } };
}

/** The labels that a profile hands on. */
export function handsOn(profile: string, labels: Written): ModelUpdate {
  return { part: "profileLabels", key: profile, value: labelsOf(labels) };
}

/** A service's backends, each `address protocol/port`. */
export function service(path: string, ...backends: readonly string[]): ModelUpdate {
  const [namespace = "", name = ""] = path.split("/");
  const reached = backends.map((text): Backend => {
    const [at = "", port = ""] = text.split(" ");
    return { address: address(at), ...portOf(port) };
  });
  const addresses = [...new Set(backends.map((text) => text.split(" ")[0] ?? ""))].map(address);
  return { part: "service", key: path, value: { namespace, name, addresses, backends: reached } };
}

function endpoint({ profiles = [], ports = [], node = NODE }: EndpointParts, labels: Written) {
  const served = ports.map((text): EndpointPort => {
    const [name = "", port = ""] = text.split(" ");
    return { name, ...portOf(port) };
  });
  return { labels: labelsOf(labels), profiles, ports: served, node };
}

/** `TCP/80`. */
function portOf(text: string): Pick<Backend, "protocol" | "port"> {
  const [protocol = "", port = ""] = text.split("/");
  const number = parseProtocol(protocol);
  if (number === undefined) throw new Error(`${text} is not a port`);
  return { protocol: number, port: Number(port) };
}

function labelsOf(written: Written): Labels {
  return new Map(Object.entries(written));
}

function listed(texts: string): string[] {
  return texts === "" ? [] : texts.split(",");
}

/** What is no policy: endpoints, network sets, tiers and profiles, as the reference flattens them. */
import { modelOf } from "../../../src/core/model/convert.ts";
import type { EndpointPort } from "../../../src/core/model/endpoint.ts";
import type { Profile } from "../../../src/core/model/policy.ts";
import { type Address, formatPrefix, hostPrefix } from "../../../src/core/net/address.ts";
import { hasPorts, parseProtocol } from "../../../src/core/net/protocol.ts";
import type { AnyResource } from "../../../src/core/resources/kinds.ts";
import {
  checkWorkloadEndpointSpec,
  type WorkloadEndpointSpec,
} from "../../../src/core/resources/workload-endpoint.ts";
import type { Labels } from "../../../src/core/selector/selector.ts";
import type { Finding } from "../family.ts";
import { difference, plainRule } from "../plain-policy.ts";
import { type Flat, flats, nets, readFlatRule, text, texts } from "./flat-rule.ts";
import { settle } from "./policy-case.ts";

const SPOOFING =
  "Pods and workloads that may send from other addresses than their own (`allowedSourcePrefixes`)";
const HOST_PORT = "HostEndpoint with a port whose protocol is a number";

/** MAC, NATs, gateways, QoS and names for flow logs are no part of the model: nothing compares them. */
export function checkWorkloadEndpoint(endpoint: Flat, expected: Flat | null): Finding {
  const spec = endpoint.spec as Flat;
  const [found] = modelOf([endpoint as unknown as AnyResource]).workloads;
  if (texts(spec.allowSpoofedSourcePrefixes).length > 0 && !found && expected) {
    return { purpose: SPOOFING };
  }
  if (!found || !expected) return difference(found === undefined, expected === null, "absence");
  const got = {
    name: found.interfaceName,
    addresses: addressTexts(found.addresses),
    profiles: found.profiles,
    labels: plainLabels(found.labels),
    ports: found.ports.map(portText),
  };
  return difference(got, {
    name: text(expected.name),
    addresses: nets([...texts(expected.ipv4_nets), ...texts(expected.ipv6_nets)]),
    profiles: texts(expected.profile_ids),
    labels: expected.labels ?? {},
    ports: flats(expected.ports).map(flatPortText),
  });
}

/** Whether Picket has no endpoint of it either: it refuses the fields that it does not convert. */
export function refusesWorkloadEndpoint(endpoint: Flat): boolean {
  const spec = endpoint.spec as WorkloadEndpointSpec;
  const errors = checkWorkloadEndpointSpec(spec);
  const unread = errors.some(({ field }) => /\.(ipv[46]Gateway|mac)$/.test(field));
  return unread || modelOf([endpoint as unknown as AnyResource]).workloads.length === 0;
}

export function checkHostEndpoint(endpoint: Flat, expected: Flat, key: Flat): Finding {
  const [found] = modelOf([endpoint as unknown as AnyResource]).hostEndpoints;
  const wanted = flats(expected.ports);
  const isPort = (port: Flat) => hasPorts(parseProtocol(String(port.protocol)) ?? 0);
  const got = found && {
    key: { Hostname: found.node, EndpointID: found.name },
    name: found.interfaceName,
    addresses: addressTexts(found.addresses),
    profiles: found.profiles,
    labels: plainLabels(found.labels),
    ports: found.ports.map(portText),
  };
  const unlike = difference(got, {
    key,
    name: text(expected.name),
    addresses: nets(
      [...texts(expected.expected_ipv4_addrs), ...texts(expected.expected_ipv6_addrs)].map(asNet),
    ),
    profiles: texts(expected.profile_ids),
    labels: expected.labels ?? {},
    ports: wanted.filter(isPort).map(flatPortText),
  });
  if (unlike !== undefined) return unlike;
  return wanted.every(isPort) ? undefined : { purpose: HOST_PORT };
}

/** That a set inherits from a profile shows in its labels, when such a profile has some. */
export function checkNetworkSet(set: Flat, expected: Flat): string | undefined {
  const profiles = texts(expected.profile_ids);
  const inherited = Object.fromEntries(profiles.map((name) => [`from/${name}`, ""]));
  const [found] = modelOf([
    set as unknown as AnyResource,
    ...profiles.map((name) => profileResource(name, { [`from/${name}`]: "" })),
    profileResource("kns.elsewhere", { "from/kns.elsewhere": "" }),
  ]).networkSets;
  const got = found && {
    nets: nets(found.nets.map(formatPrefix)),
    labels: plainLabels(found.labels),
  };
  const labels = { ...(expected.labels as Flat), ...inherited };
  return difference(got, { nets: nets(texts(expected.nets).map(asNet)), labels });
}

/** The order of a tier without one is the client's to fill in, not this step's. */
export function checkTier(tier: Flat, expected: Flat): string | undefined {
  const named = { ...tier, metadata: { ...(tier.metadata as Flat), name: "tier" } };
  const { tiers } = modelOf([named as unknown as AnyResource]);
  const found = tiers.find(({ name }) => name === "tier");
  const { order = 1_000_000 } = expected;
  // What is not Pass means Deny, also when it is absent.
  const defaultAction = expected.defaultAction === "Pass" ? "Pass" : "Deny";
  return difference(
    { order: found?.order, defaultAction: found?.defaultAction },
    { order, defaultAction },
  );
}

/** Labels and rules; the reference also hands on the object as it came. */
export function checkProfile(resource: Flat | null, key: Flat, records: readonly Flat[]): Finding {
  const name = text(key.Name);
  if (resource?.kind !== "Profile") return compareProfile(name, undefined, records);
  const profile = { ...resource, metadata: { ...((resource.metadata ?? {}) as Flat), name } };
  return settle({ policy: profile, expected: records }, ({ policy, expected }) =>
    compareProfile(name, policy, flats(expected)),
  );
}

function compareProfile(
  name: string,
  profile: Flat | undefined,
  records: readonly Flat[],
): string | undefined {
  const recorded = (type: string) =>
    (records.find((record) => record.type === type)?.value ?? null) as Flat | null;
  const host = {
    apiVersion: "projectcalico.org/v3",
    kind: "HostEndpoint",
    metadata: { name: "host" },
    spec: { node: "node", interfaceName: "*", profiles: [name] },
  };
  const { profiles, hostEndpoints } = modelOf([
    host as unknown as AnyResource,
    ...(profile ? [profile as unknown as AnyResource] : []),
  ]);
  const found = profiles.get(name);
  const got = {
    labels: plainLabels(hostEndpoints[0]?.labels ?? new Map()),
    rules: found ? plainProfile(found) : null,
    isThere: found !== undefined,
  };
  const rules = recorded("ProfileRules");
  return difference(got, {
    labels: recorded("ProfileLabels") ?? {},
    rules: rules && {
      ingress: flats(rules.inbound_rules).map((rule) => readFlatRule(rule, "")),
      egress: flats(rules.outbound_rules).map((rule) => readFlatRule(rule, "")),
    },
    isThere: recorded("Resource") !== null,
  });
}

function plainProfile({ ingress, egress }: Profile) {
  return { ingress: ingress.map(plainRule), egress: egress.map(plainRule) };
}

function profileResource(
  name: string,
  labelsToApply: Readonly<Record<string, string>>,
): AnyResource {
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "Profile",
    metadata: { name },
    spec: { labelsToApply },
  };
}

function plainLabels(labels: Labels): Readonly<Record<string, string>> {
  return Object.fromEntries(labels);
}

function addressTexts(addresses: readonly Address[]): string[] {
  return nets(addresses.map((one) => formatPrefix(hostPrefix(one))));
}

function asNet(text: string): string {
  if (text.includes("/")) return text;
  return `${text}/${text.includes(":") ? 128 : 32}`;
}

function portText({ name, protocol, port }: EndpointPort): string {
  return `${name} ${protocol} ${port}`;
}

function flatPortText({ name, protocol, port }: Flat): string {
  return `${name} ${parseProtocol(String(protocol))} ${port}`;
}

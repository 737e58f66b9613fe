/** Takes back what contradicts itself in a random policy, so that about half of them are good. */

import { isObject, type JsonObject } from "../../src/core/schema/json-object.ts";
import type { Random } from "../differential/random.ts";

/** A copy of the manifest whose rules, endpoints and flags agree within themselves. */
export function settle(random: Random, manifest: JsonObject): JsonObject {
  const spec = isObject(manifest.spec) ? { ...manifest.spec } : undefined;
  if (!spec || !String(manifest.apiVersion).startsWith("projectcalico.org/")) return manifest;
  for (const direction of ["ingress", "egress"] as const) {
    const rules = spec[direction];
    if (!Array.isArray(rules) || spec.podSelector) continue;
    spec[direction] = rules.map((rule) =>
      isObject(rule) ? settleRule(random, rule, direction) : rule,
    );
  }
  if (spec.preDNAT && random.chance(60)) {
    delete spec.egress;
    delete spec.types;
    delete spec.doNotTrack;
  }
  if ((spec.preDNAT || spec.doNotTrack) && random.chance(80)) spec.applyOnForward = true;
  if (spec.routeTableRange && random.chance(60)) spec.routeTableRanges = [{ min: 1, max: 250 }];
  for (const field of ["selector", "serviceAccountSelector", "namespaceSelector"]) {
    if (String(spec[field]).includes("global(")) delete spec[field];
  }
  if (manifest.kind === "HostEndpoint") {
    spec.node ??= "node-1";
    spec.interfaceName ??= "eth0";
  }
  if (manifest.kind === "WorkloadEndpoint" && random.chance(90)) {
    Object.assign(spec, { node: "node-1", orchestrator: "k8s", pod: "web", endpoint: "eth0" });
    spec.interfaceName ??= "cali1";
    const metadata = { ...Object(manifest.metadata), name: "node--1-k8s-web-eth0" };
    return { ...manifest, metadata, spec };
  }
  if (spec.stagedAction === "Delete" && random.chance(80)) spec.stagedAction = "Set";
  return { ...manifest, spec };
}

const WITH_PORTS = ["TCP", "UDP", "SCTP", 6, 17];

function settleRule(random: Random, rule: JsonObject, direction: string): JsonObject {
  const settled: Record<string, unknown> = { ...rule };
  if (direction === "egress" || random.chance(50)) delete settled.http;
  if (settled.http) Object.assign(settled, { action: "Allow", protocol: "TCP" });
  if (settled.http || random.chance(60)) delete settled.icmp;
  if (settled.icmp) settled.protocol = random.pick(["ICMP", "ICMPv6", 1, 58]);
  const ipVersion = random.pick([4, 6]);
  if (settled.ipVersion !== undefined || settled.icmp) settled.ipVersion = ipVersion;
  if (settled.icmp) settled.protocol = ipVersion === 4 ? "ICMP" : "ICMPv6";
  else if (settled.ipVersion !== undefined && random.chance(25)) {
    settled[random.pick(["protocol", "notProtocol"])] = random.pick(["ICMP", "ICMPv6", 1, 58]);
  }
  for (const side of ["source", "destination"]) {
    const entity = settled[side];
    if (!isObject(entity)) continue;
    const kept: Record<string, unknown> = { ...entity };
    settled[side] = kept;
    for (const field of ["nets", "notNets"]) {
      const nets = kept[field];
      if (!Array.isArray(nets)) continue;
      kept[field] = nets.filter((net) => String(net).includes(":") === (ipVersion === 6));
    }
    if (String(kept.selector).includes("global(")) delete kept.selector;
    if (kept.services && (side === "source") !== (direction === "ingress")) delete kept.services;
    if (kept.services) {
      const services = { namespace: "blue", ...Object(kept.services), name: "web" };
      const list = random.pick(["ports", "notPorts"]);
      settled[side] = random.chance(30) ? { services, [list]: [80] } : { services };
    }
    if (kept.ports || kept.notPorts) {
      if (settled.icmp) settled[side] = {};
      else if (!WITH_PORTS.includes(settled.protocol as never)) settled.protocol = "TCP";
    }
  }
  return settled;
}

/** Clusters and connections as tests write them: manifests, and one line a connection. */
import { modelOf } from "../src/core/model/convert.ts";
import type { Model } from "../src/core/model/model.ts";
import { address } from "../src/core/net/address.ts";
import type { Flow } from "../src/core/net/flow.ts";
import { hasPorts, ICMP, ICMPV6, parseProtocol } from "../src/core/net/protocol.ts";
import type { AnyResource } from "../src/core/resources/kinds.ts";
import { readManifests } from "../src/core/resources/read.ts";

/** The model of the cluster that the manifests describe. */
export function modelFrom(...manifests: readonly string[]): Model {
  return modelOf(manifests.flatMap(resourcesFrom));
}

/** The resources of a manifest that has no errors. */
export function resourcesFrom(manifest: string): AnyResource[] {
  const { resources, errors } = readManifests(manifest, "test.yaml");
  const [error] = errors;
  if (error) throw new Error(`line ${error.line}: ${error.path}: ${error.message}`);
  return resources.map(({ resource }) => resource);
}

/**
 * Reads `SOURCE DESTINATION PROTOCOL [PORT | TYPE/CODE] [from PORT]`: `10.0.0.1 10.0.0.2 TCP 80`,
 * `fd00::1 fd00::2 ICMPv6 135/0`, `10.0.0.1 10.0.0.2 50`, `… UDP 53 from 68`.
 */
export function flowFrom(text: string): Flow {
  const [from = "", to = "", name = "", detail = "", , sourcePort = "40000"] = text.split(" ");
  const protocol = parseProtocol(name);
  if (protocol === undefined) throw new Error(`no protocol ${name}`);
  const ends = { source: address(from), destination: address(to), protocol };
  if (hasPorts(protocol)) {
    return { ...ends, sourcePort: Number(sourcePort), destinationPort: Number(detail) };
  }
  if (protocol !== ICMP && protocol !== ICMPV6) return ends;
  const [type = 0, code = 0] = detail.split("/").map(Number);
  return { ...ends, icmp: { type, code } };
}

import { type Address, address } from "../../src/core/net/address.ts";
import { type Family, judge, type VectorCase } from "./family.ts";
import { type ClusterCase, manifestsOf, Network, type PodManifest } from "./network.ts";

/** Recipes of NetworkPolicy, and what they say of a few connections. */
export const recipes: Family = {
  name: "recipes",
  file: "verdicts-k8s/recipes.json",
  run: ({ cases }) => judge<ConnectionsCase>(cases, check),
};

/** The same for single packets. */
export const traffic: Family = {
  name: "traffic",
  file: "verdicts-k8s/traffic.json",
  run: ({ cases }) => judge<ConnectionsCase>(cases, check),
};

interface ConnectionsCase extends VectorCase {
  readonly namespaces: ClusterCase["namespaces"];
  readonly pods: readonly (Omit<PodManifest, "ips"> & { readonly ip: string })[];
  readonly policies: ClusterCase["policies"];
  readonly connections: readonly {
    readonly from: End;
    readonly to: End;
    readonly protocol: string;
    readonly port: number;
    readonly allowed: boolean;
  }[];
}

/** `pod` is `namespace/name`. */
interface End {
  readonly pod?: string;
  readonly ip?: string;
}

function check(one: ConnectionsCase): string | undefined {
  const pods = one.pods.map(({ ip, ...pod }): PodManifest => ({ ...pod, ips: [ip] }));
  const network = new Network(manifestsOf({ ...one, pods }));
  const find = ({ pod, ip }: End): Address => {
    const found = one.pods.find(({ namespace, name }) => `${namespace}/${name}` === pod);
    return address(found?.ip ?? ip ?? "");
  };
  for (const { from, to, protocol, port, allowed } of one.connections) {
    const target = { source: find(from), destination: find(to), protocol, port };
    if (network.allows(target) === allowed) continue;
    const ends = `${from.pod ?? from.ip} to ${to.pod ?? to.ip}`;
    return `${ends} ${protocol} ${port}: wanted ${allowed ? "allowed" : "blocked"}`;
  }
  return undefined;
}

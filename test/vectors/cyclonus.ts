import { type Family, judge, type VectorCase } from "./family.ts";
import {
  addressOf,
  type ClusterCase,
  manifestsOf,
  Network,
  type PodManifest,
  type PodPort,
} from "./network.ts";

/** Truth tables of NetworkPolicy: every pod to every pod. */
export const cyclonus: Family = {
  name: "cyclonus",
  file: "verdicts-k8s/cyclonus.json",
  run: ({ cases }) => judge<CyclonusCase>(cases, check),
};

interface CyclonusCase extends VectorCase {
  readonly namespaces: ClusterCase["namespaces"];
  readonly pods: readonly (Omit<PodManifest, "ips"> & { readonly ip: string })[];
  readonly policies: ClusterCase["policies"];
  /** The pods, `namespace/name`, in the order of rows and columns. */
  readonly order: readonly string[];
  readonly tables: readonly Table[];
}

/** A row for each source, a character for each destination: `.` allowed, `X` blocked, others unknown. */
interface Table {
  readonly protocol: string;
  readonly port: number | string;
  readonly combined: readonly string[];
}

function check(one: CyclonusCase): string | undefined {
  const pods = one.pods.map(({ ip, ...pod }): PodManifest => ({ ...pod, ips: [ip] }));
  const network = new Network(manifestsOf({ ...one, pods }));
  const ordered = one.order.map((id) => {
    const pod = pods.find(({ namespace, name }) => `${namespace}/${name}` === id);
    if (!pod) throw new Error(`no pod ${id}`);
    return pod;
  });
  for (const { protocol, port, combined } of one.tables) {
    for (const [i, source] of ordered.entries()) {
      for (const [j, destination] of ordered.entries()) {
        const wanted = combined[i]?.[j];
        const number = portOf(destination.ports, protocol, port);
        if ((wanted !== "." && wanted !== "X") || number === undefined) continue;
        const ends = { source: addressOf(source), destination: addressOf(destination) };
        if (network.allows({ ...ends, protocol, port: number }) === (wanted === ".")) continue;
        return `${one.order[i]} to ${one.order[j]} ${protocol} ${port}: wanted ${wanted}`;
      }
    }
  }
  return undefined;
}

/** A name is the destination's port of that name. */
function portOf(
  ports: readonly PodPort[],
  protocol: string,
  port: number | string,
): number | undefined {
  if (typeof port === "number") return port;
  return ports.find((served) => served.name === port && served.protocol === protocol)?.port;
}

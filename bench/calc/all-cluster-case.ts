/** A whole cluster as a server for all of its nodes would calculate it, from resources. */
import { ModelStream } from "../../src/core/model/stream.ts";
import { Calculation } from "../../src/core/policy/calculation.ts";
import { admit } from "../../src/core/resources/admit.ts";
import { type AnyResource, kindOf } from "../../src/core/resources/kinds.ts";
import { resourceKey } from "../../src/core/resources/resource-key.ts";
import { Random } from "../../test/differential/random.ts";
import { consume } from "./consumer.ts";
import { collectGarbage, heapMegabytes, heldMegabytes } from "./heap.ts";
import { decoded } from "./written.ts";

/** What the cluster took. */
export interface AllClusterTaken {
  /** From the first resource until the flush has been read. */
  readonly seconds: number;
  /** What all threads together worked in that time. */
  readonly processorSeconds: number;
  /** The largest heap of moments a few thousand resources apart, resources and garbage included. */
  readonly mostMegabytes: number;
  /** What is held of it once the resources are gone. */
  readonly megabytes: number;
  /** The most memory that the process ever had. */
  readonly residentMegabytes: number;
}

const NAMESPACES = 25_000;
const NODES = 1000;
const PODS = ["app-1", "app-1", "app-2", "app-2"];
const EACH = 5000;

const before = heldMegabytes();
const calculation = new Calculation({ isLocal: () => true });
const stream = new ModelStream((update) => calculation.update(update));
const spent = calculate();
const megabytes = heldMegabytes() - before;
const taken: AllClusterTaken = {
  ...spent,
  megabytes,
  residentMegabytes: process.resourceUsage().maxRSS / 1024,
};
if (Object.values(stream.holdings).every((held) => held === 0)) throw new Error("nothing is left");
process.stdout.write(`${JSON.stringify(taken)}\n`);

function calculate(): Omit<AllClusterTaken, "megabytes" | "residentMegabytes"> {
  const resources = Array.from({ length: NAMESPACES }, (_, i) => namespaceOf(i)).flat();
  collectGarbage();
  let mostMegabytes = heapMegabytes();
  const cpu = process.cpuUsage();
  const begun = performance.now();
  for (const [i, resource] of resources.entries()) {
    stream.update(resourceKey(resource), resource);
    if (i % EACH === 0) mostMegabytes = Math.max(mostMegabytes, heapMegabytes());
  }
  stream.flush();
  calculation.inSync();
  const { policies, endpoints } = consume(calculation.flush());
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  if (policies !== NAMESPACES * 3 || endpoints !== NAMESPACES * PODS.length) {
    throw new Error(`${policies} policies and ${endpoints} endpoints came of it`);
  }
  mostMegabytes = Math.max(mostMegabytes, heapMegabytes());
  return { seconds, processorSeconds: (user + system) / 1e6, mostMegabytes };
}

/** A namespace with two applications of two pods: all are isolated, each hears from its own. */
function namespaceOf(i: number): AnyResource[] {
  const random = new Random(i);
  const namespace = `space-${i.toString(36).padStart(4, "0")}`;
  const isolating = (name: string, app: string | undefined) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace },
    spec: {
      podSelector: app === undefined ? {} : { matchLabels: { [app]: "scale" } },
      policyTypes: ["Ingress", "Egress"],
      ...(app !== undefined && {
        ingress: [{ from: [{ podSelector: { matchLabels: { [app]: "scale" } } }] }],
      }),
    },
  });
  const pods = PODS.map((app, n) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `pod-${n}`, namespace, labels: { [app]: "scale" } },
    spec: { nodeName: `node-${random.below(NODES)}`, containers: [] },
    status: { podIPs: [{ ip: addressOf(i * PODS.length + n) }] },
  }));
  return [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace, labels: { app: namespace } },
    },
    isolating("deny-all", undefined),
    isolating("one", "app-1"),
    isolating("two", "app-2"),
    ...pods,
  ].map((object) => admitted(decoded(object)));
}

function addressOf(i: number): string {
  return `10.${(i >>> 16) & 255}.${(i >>> 8) & 255}.${i & 255}`;
}

function admitted(object: { readonly apiVersion: string; readonly kind: string }): AnyResource {
  const found = kindOf(object.apiVersion, object.kind);
  const admission = found && admit(found, object);
  if (!admission?.admitted) throw new Error(`the bench's own ${object.kind} is refused`);
  return admission.resource;
}

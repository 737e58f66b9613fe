/**
 * Resources to the model, one at a time: what all of a big cluster cost, and whether one costs the
 * same however many there are. They are validated objects; that they are read is left out.
 */
import { ModelStream } from "../src/core/model/stream.ts";
import { admit } from "../src/core/resources/admit.ts";
import { type AnyResource, kindOf } from "../src/core/resources/kinds.ts";
import { resourceKey } from "../src/core/resources/resource-key.ts";
import type { Figure } from "./figure.ts";
import type { Progress } from "./main.ts";
import { fastestOf, microsecondsOf } from "./microseconds.ts";

const PODS = 100_000;
const POLICIES = 75_000;
const NAMESPACES = 25_000;
const ROUNDS = 5;

/** Milliseconds for all, microseconds for one. */
export async function measure(tell: Progress): Promise<readonly Figure[]> {
  return [
    ofAll(`${PODS} pods`, objects(PODS, pod), tell),
    ofAll(`${POLICIES} Kubernetes policies of 2 rules`, objects(POLICIES, policy), tell),
    ...[1000, PODS].map((count) => ofOne(count, tell)),
  ];
}

type Keyed = readonly [key: string, resource: AnyResource];

function ofAll(name: string, all: readonly Keyed[], tell: Progress): Figure {
  tell(name);
  const value = fastestOf(ROUNDS, () => void streamOf(all));
  return { bench: "model", case: name, value, unit: "ms" };
}

function ofOne(count: number, tell: Progress): Figure {
  const name = `a pod and a flush among ${count} pods`;
  tell(name);
  const all = objects(count, pod);
  const stream = streamOf(all);
  let at = 0;
  const value = microsecondsOf(() => {
    at = (at + 7919) % count;
    const [key, resource] = all[at] ?? ["", undefined];
    stream.update(key, resource);
    stream.flush();
    return at;
  });
  return { bench: "model", case: name, value, unit: "us" };
}

/** A stream that has told all of them to somebody who counts. */
function streamOf(all: readonly Keyed[]): ModelStream {
  let told = 0;
  const stream = new ModelStream(() => told++);
  for (const [key, resource] of all) stream.update(key, resource);
  stream.flush();
  if (told < all.length) throw new TypeError("an object of the bench is not told");
  return stream;
}

function objects(count: number, make: (i: number) => AnyResource): Keyed[] {
  return Array.from({ length: count }, (_, i) => {
    const resource = admitted(make(i));
    return [resourceKey(resource), resource];
  });
}

function admitted(resource: AnyResource): AnyResource {
  const kind = kindOf(resource.apiVersion, resource.kind);
  const admission = kind && admit(kind, resource);
  if (!admission?.admitted) throw new TypeError("an object of the bench is refused");
  return admission.resource;
}

function pod(i: number): AnyResource {
  const ip = `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
  const labels = { app: `app-${i % 50}`, tier: `t${i % 3}`, "pod-template-hash": "7d9f8b6c5" };
  const ports = [{ name: "http", containerPort: 8080 }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `app-${i}-7d9f8b6c5`, namespace: `team-${i % NAMESPACES}`, labels },
    spec: {
      nodeName: `node-${i % 500}`,
      serviceAccountName: "default",
      containers: [{ name: "main", ports }],
    },
    status: { phase: "Running", podIP: ip, podIPs: [{ ip }] },
  };
}

function policy(i: number): AnyResource {
  const from = [{ podSelector: { matchLabels: { app: `app-${i % 49}` } } }];
  const to = [{ namespaceSelector: { matchLabels: { team: `team-${i % 11}` } }, podSelector: {} }];
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: `policy-${i}`, namespace: `team-${i % NAMESPACES}` },
    spec: {
      podSelector: { matchLabels: { app: `app-${i % 50}` } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from, ports: [{ protocol: "TCP", port: 8080 }] }],
      egress: [
        {
          to,
          ports: [
            { protocol: "TCP", port: 443 },
            { protocol: "UDP", port: 53 },
          ],
        },
      ],
    },
  };
}

/** Reads a directory of Kubernetes manifests as its workloads: what runs alike counts once. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseManifest } from "../../../src/core/manifest/parse.ts";
import { ownerOf, templatedPod } from "../../../src/core/resources/pod-template.ts";
import type { PodPort } from "../network.ts";
import { type Forwarding, forwardingOf } from "./ingress.ts";
import { isPolicy, type Policy, policyOf } from "./policies.ts";

export type Labels = Readonly<Record<string, string>>;

/** A controller, or a pod that has none. */
export interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly kind: string;
  readonly labels: Labels;
  readonly ports: readonly PodPort[];
}

export interface Manifests {
  readonly workloads: readonly Workload[];
  /** With the label that the API server gives each. */
  readonly namespaces: Readonly<Record<string, Labels>>;
  readonly policies: readonly Policy[];
  /** What an ingress controller would forward to. */
  readonly forwarding: Forwarding;
}

/** The manifests under `dir`, files in the order of their paths. */
export function readManifests(dir: string): Manifests {
  const objects = globSync("**/*.{yaml,yml,json}", { cwd: dir })
    .sort()
    .flatMap((file) => parseManifest(readFileSync(join(dir, file), "utf8"), file).documents)
    .flatMap(({ value }) => itemsOf(value as KubernetesObject));
  const workloads = new Map<string, Workload>();
  const namespaces: Record<string, Labels> = {};
  const policies: Policy[] = [];
  const name = (namespace: string) => ({ "kubernetes.io/metadata.name": namespace });
  for (const object of objects) {
    const { kind, metadata } = object;
    if (kind === "Namespace") {
      namespaces[metadata.name] = { ...textLabels(metadata.labels), ...name(metadata.name) };
    } else if (isPolicy(object)) {
      policies.push(policyOf(object, policies.length));
    } else {
      const workload = workloadOf(object);
      const key = workload && `${workload.namespace}/${workload.kind}/${workload.name}`;
      if (key !== undefined && !workloads.has(key)) workloads.set(key, workload as Workload);
    }
  }
  for (const { namespace } of [...workloads.values(), ...policies.map((one) => one.metadata)]) {
    if (namespace !== undefined) namespaces[namespace] ??= name(namespace);
  }
  const all = [...workloads.values()];
  return { workloads: all, namespaces, policies, forwarding: forwardingOf(objects, all) };
}

/** What is read of any object. */
export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, unknown>> | null;
    readonly ownerReferences?: readonly {
      readonly kind?: string;
      readonly name: string;
      readonly controller?: boolean;
    }[];
  };
  readonly items?: readonly KubernetesObject[];
  readonly spec?: unknown;
}

/** The object itself, or what a list of any kind holds; items of a typed list may lack their kind. */
function itemsOf(object: KubernetesObject): KubernetesObject[] {
  const { apiVersion, kind, items } = object;
  if (!kind?.endsWith("List") && kind !== "List") return kind ? [object] : [];
  const itemKind = kind.slice(0, -"List".length);
  const defaults = itemKind === "" ? {} : { ...(apiVersion && { apiVersion }), kind: itemKind };
  return (items ?? []).flatMap((item) => itemsOf({ ...defaults, ...item }));
}

interface PodTemplate {
  readonly metadata?: { readonly labels?: Readonly<Record<string, unknown>> | null };
  readonly spec?: { readonly containers?: readonly { readonly ports?: readonly WrittenPort[] }[] };
}

interface WrittenPort {
  readonly name?: string;
  readonly containerPort?: number;
  readonly protocol?: string;
}

function workloadOf(object: KubernetesObject): Workload | undefined {
  const template = templatedPod({ ...object });
  if (!template && object.kind !== "Pod") return undefined;
  // Recorded manifests are well-formed as far as they are read here.
  const pod = (template?.pod ?? object) as unknown as PodManifest;
  return { ...ownerOf(pod), ...podOf(pod) };
}

type PodManifest = KubernetesObject & PodTemplate;

function podOf({ metadata, spec }: PodTemplate): Pick<Workload, "labels" | "ports"> {
  const ports = (spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  return {
    labels: textLabels(metadata?.labels),
    ports: ports.flatMap(({ name, containerPort: port, protocol = "TCP" }) =>
      port === undefined ? [] : [{ ...(name !== undefined && { name }), port, protocol }],
    ),
  };
}

function textLabels(written: Readonly<Record<string, unknown>> | null | undefined): Labels {
  const entries = Object.entries(written ?? {});
  return Object.fromEntries(entries.map(([label, value]) => [label, String(value)]));
}

/**
 * What manifests leave to a cluster: the namespaces that pods are in, where pods run, which pods a
 * Service leads to. Policy can be explained before any of that is there.
 */
import { address, formatAddress, nextAddress, parseAddress } from "../../core/net/address.ts";
import { admit } from "../../core/resources/admit.ts";
import { impliedSlices } from "../../core/resources/implied-slices.ts";
import { type AnyResource, kindOf } from "../../core/resources/kinds.ts";
import type { PodResource } from "../../core/resources/pod.ts";

/** Resources made whole, and what was made up for it, in words. */
export interface Implied {
  readonly resources: readonly AnyResource[];
  readonly notes: readonly string[];
}

/** The node of pods that have none: one that nothing else is on. */
const UNSCHEDULED = "(unscheduled)";
/** Shared address space (RFC 6598), and a local one that nobody chose at random (RFC 4193). */
const FIRST_ADDRESSES = [address("100.64.0.1"), address("fd00:7069:636b::1")] as const;

export function withImplied(given: readonly AnyResource[]): Implied {
  const places = withPlaces(given);
  const namespaces = impliedNamespaces(given);
  const notes = namespaces
    .filter((name) => name !== "default")
    .map((name) => `no manifest describes namespace ${name}; taken to have no labels`);
  const resources = [...places.resources, ...namespaces.map(emptyNamespace)];
  const slices = impliedSlices(resources);
  return {
    resources: [...resources, ...[...slices.values()].flat()],
    notes: [...notes, ...absentNamespaces(resources), ...places.notes, ...sliceNotes(slices)],
  };
}

/** Policies may be of a namespace that is not there: they select nothing. */
function absentNamespaces(resources: readonly AnyResource[]): string[] {
  const known = new Set(
    resources.flatMap(({ kind, metadata }) => (kind === "Namespace" ? [metadata.name] : [])),
  );
  const endpoints = resources.flatMap(({ kind, metadata }) =>
    kind === "WorkloadEndpoint" ? [metadata.namespace ?? "default"] : [],
  );
  const policies = resources.filter(
    ({ kind, metadata: { namespace } }) =>
      kind.endsWith("NetworkPolicy") && namespace !== undefined && !known.has(namespace),
  );
  const byNamespace = Map.groupBy(policies, ({ metadata }) => metadata.namespace ?? "");
  return Array.from(byNamespace)
    .filter(([namespace]) => !endpoints.includes(namespace))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([namespace, of]) => {
      const names = of.map(({ metadata }) => metadata.name).sort();
      const what = names.length === 1 ? "policy" : "policies";
      const nothing = names.length === 1 ? "selects nothing" : "select nothing";
      return `no manifest describes namespace ${namespace}; its ${what} ${names.join(", ")} ${nothing}`;
    });
}

function sliceNotes(slices: ReturnType<typeof impliedSlices>): string[] {
  const names = Array.from(slices.keys(), ({ metadata: { namespace = "default", name } }) => {
    return `${namespace}/${name}`;
  }).sort();
  if (names.length === 0) return [];
  const services = `${names.length === 1 ? "Service" : "Services"} ${names.join(", ")}`;
  return [`no EndpointSlice lists the pods behind ${services}; taken to be those selected`];
}

/** The namespaces that pods are in and no manifest describes: no cluster has a pod without its own. */
function impliedNamespaces(resources: readonly AnyResource[]): string[] {
  const described = new Set<string>();
  const needed = new Set<string>();
  for (const { kind, metadata } of resources) {
    if (kind === "Namespace") described.add(metadata.name);
    if (kind === "Pod") needed.add(metadata.namespace ?? "default");
  }
  return [...needed].filter((name) => !described.has(name)).sort();
}

function emptyNamespace(name: string): AnyResource {
  const kind = kindOf("v1", "Namespace");
  const admission = kind && admit(kind, { metadata: { name } });
  if (!admission?.admitted) throw new Error(`no namespace can be called ${name}`);
  return admission.resource;
}

/** Pods that have not been given a node or an address yet get one that no other object has. */
function withPlaces(resources: readonly AnyResource[]): Implied {
  const isOpen = resources.some((one) => one.kind === "Pod" && !hasAddress(one));
  const taken = new Set(isOpen ? resources.flatMap(addressesOf) : []);
  const notes: string[] = [];
  const free = FIRST_ADDRESSES.map((first) => () => {
    let found = first;
    while (taken.has(formatAddress(found))) found = nextAddress(found) ?? first;
    const text = formatAddress(found);
    taken.add(text);
    return { ip: text };
  });
  const placed = resources.map((resource): AnyResource => {
    if (resource.kind !== "Pod" || resource.spec.hostNetwork) return resource;
    const nodeName = resource.spec.nodeName || UNSCHEDULED;
    const spec = { ...resource.spec, nodeName };
    if (hasAddress(resource)) return { ...resource, spec };
    const podIPs = free.map((next) => next());
    const { namespace = "default", name } = resource.metadata;
    const addresses = podIPs.map(({ ip }) => ip).join(" and ");
    notes.push(
      `pod ${namespace}/${name} has no address yet; taken to have ${addresses}, which CIDRs may match`,
    );
    return { ...resource, spec, status: { ...resource.status, podIPs } };
  });
  return { resources: placed, notes };
}

function hasAddress({ metadata, status }: PodResource): boolean {
  const annotated = Object.keys(metadata.annotations ?? {}).some((name) =>
    /pod-?IPs?$/i.test(name),
  );
  return annotated || Boolean(status?.podIP) || (status?.podIPs ?? []).some(({ ip }) => ip);
}

/** Every address that is written anywhere in an object, in its canonical text. */
function addressesOf(resource: AnyResource): string[] {
  return Array.from(JSON.stringify(resource).matchAll(/[0-9a-fA-F:.]+/g), ([text]) => {
    const found = parseAddress(text);
    return found ? formatAddress(found) : "";
  });
}

/** The model of a recorded cluster: its manifests, and its endpoints as the reference had them. */
import type { Configuration } from "../../../src/core/model/configuration.ts";
import { modelOf } from "../../../src/core/model/convert.ts";
import { profilesOf } from "../../../src/core/model/convert-profile.ts";
import type { Host, WorkloadEndpoint } from "../../../src/core/model/endpoint.ts";
import { type ProfileLabels, withInherited } from "../../../src/core/model/labels.ts";
import type { Model } from "../../../src/core/model/model.ts";
import { address } from "../../../src/core/net/address.ts";
import { parseProtocol, TCP } from "../../../src/core/net/protocol.ts";
import { shape } from "../../../src/core/resources/admit.ts";
import { type AnyResource, kindOf } from "../../../src/core/resources/kinds.ts";
import type { Resource } from "../../../src/core/resources/resource.ts";
import { endpointSlices, type ServiceManifest } from "./translation.ts";

export interface ClusterState {
  readonly endpoints: readonly EndpointFields[];
  readonly hosts: readonly HostFields[];
  readonly resources: readonly Manifest[];
  readonly environment?: Environment;
}

export interface EndpointFields {
  readonly name: string;
  readonly namespace: string;
  readonly node: string;
  readonly ips: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly profiles?: readonly string[];
  readonly ports?: readonly {
    readonly name: string;
    readonly protocol: string;
    readonly port: number;
  }[];
}

interface HostFields {
  readonly name: string;
  readonly ip?: string;
  readonly ip6?: string;
}

export interface Environment {
  readonly inputChainPolicy?: "ACCEPT" | "DROP";
  readonly defaultEndpointToHostAction?: string;
  readonly dnat?: readonly { readonly dst: string; readonly dport: number; readonly to: string }[];
}

/** Most have no apiVersion, and what another family of kinds has its own name for is told by its fields. */
export interface Manifest {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: object;
}

/** The model, with the endpoints and hosts that are listed and no others. */
export function stateModel({ endpoints, hosts, resources, environment }: ClusterState): Model {
  const services = resources.filter((one): one is ServiceManifest => one.kind === "Service");
  const slices = services.flatMap((service) => endpointSlices(service, endpoints));
  const all = [...resources, ...slices].map(resourceOf);
  const model = modelOf(all);
  const { labels } = profilesOf(all, []);
  const { configuration } = model;
  const action = environment?.defaultEndpointToHostAction;
  return {
    ...model,
    workloads: endpoints.map((one, i) => workloadOf(one, i, labels)),
    hosts: hosts.map(hostOf),
    configuration: { ...configuration, ...(action && { endpointToHost: hostAction(action) }) },
  };
}

const API_VERSIONS: ReadonlyMap<string, string> = new Map([
  ["Namespace", "v1"],
  ["Service", "v1"],
  ["ServiceAccount", "v1"],
  ["EndpointSlice", "discovery.k8s.io/v1"],
  ["ClusterNetworkPolicy", "policy.networking.k8s.io/v1alpha2"],
  ["AdminNetworkPolicy", "policy.networking.k8s.io/v1alpha1"],
  ["BaselineAdminNetworkPolicy", "policy.networking.k8s.io/v1alpha1"],
]);

/** With its defaults. What is listed was in force, so that its name is not asked about. */
function resourceOf(manifest: Manifest): AnyResource {
  const apiVersion = apiVersionOf(manifest);
  const kind = kindOf(apiVersion, manifest.kind);
  if (!kind) throw new Error(`unknown kind ${apiVersion} ${manifest.kind}`);
  const { object, errors, isShaped } = shape(kind, manifest);
  if (!isShaped) throw new Error(`${manifest.kind}: ${errors[0]?.field} ${errors[0]?.message}`);
  // It has the kind's shape, as just found.
  return kind.withDefaults(object as Resource) as AnyResource;
}

function apiVersionOf({ apiVersion, kind, spec }: Manifest): string {
  if (apiVersion !== undefined) return apiVersion;
  if (kind === "NetworkPolicy" && spec && "podSelector" in spec) return "networking.k8s.io/v1";
  return API_VERSIONS.get(kind) ?? "projectcalico.org/v3";
}

function workloadOf(fields: EndpointFields, i: number, inherited: ProfileLabels): WorkloadEndpoint {
  const { name, namespace, node, ips, labels, profiles = [], ports = [] } = fields;
  return {
    kind: "WorkloadEndpoint",
    name,
    namespace,
    node,
    interfaceName: `cali${i}`,
    addresses: ips.map(address),
    profiles,
    labels: withInherited(new Map(Object.entries(labels)), profiles, inherited),
    ports: ports.map((one) => ({ ...one, protocol: parseProtocol(one.protocol) ?? TCP })),
  };
}

function hostOf({ name, ip, ip6 }: HostFields): Host {
  const addresses = [ip, ip6].filter((text) => text !== undefined && text !== "");
  return {
    name,
    interfaces: [{ name: "eth0", addresses: addresses.map((text) => address(text ?? "")) }],
  };
}

function hostAction(text: string): Configuration["endpointToHost"] {
  const found = (["Drop", "Return", "Accept"] as const).find(
    (action) => action.toLowerCase() === text.toLowerCase(),
  );
  if (!found) throw new Error(`${text} is no action`);
  return found;
}

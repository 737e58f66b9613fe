/** WorkloadEndpoint: a pod's or VM's interface on a node. */

import {
  covers,
  type Family,
  hostPrefix,
  isHostPrefix,
  type Prefix,
  parseAddress,
  parseAddressOrPrefix,
} from "../net/address.ts";
import { type FieldError, invalid, required } from "../schema/field-error.ts";
import {
  type Infer,
  integer,
  integerOrString,
  list,
  object,
  openObject,
  optional,
  string,
} from "../schema/schema.ts";
import { dnsSubdomainProblem, interfaceNameProblem, portNameProblem } from "./names.ts";
import { addressOrNetProblem, addressProblem, strictNetOrAddressProblem } from "./net-check.ts";
import { defineKind, objectSchema } from "./object.ts";
import { checkPortProtocol } from "./port.ts";
import type { Resource } from "./resource.ts";
import { checkText, checkTexts } from "./text-check.ts";
import { checkWorkloadEndpointName } from "./workload-endpoint-name.ts";

const port = object({
  name: optional(string({ description: "What rules call the port." })),
  protocol: integerOrString({ description: "TCP, UDP or SCTP." }),
  port: integer({ minimum: 1, maximum: 65535, description: "The port's number." }),
  hostPort: optional(
    integer({
      minimum: 0,
      maximum: 65535,
      description: "The port of the node that leads to it; 0 is none.",
    }),
  ),
  hostIP: optional(string({ description: "The address of the node that leads to it." })),
});

const spec = object(
  {
    orchestrator: optional(string({ description: "What runs it: k8s, cni, openstack, …" })),
    workload: optional(string({ description: "The workload's name." })),
    node: optional(string({ description: "The node that hosts it." })),
    containerID: optional(string({ description: "The container's id." })),
    pod: optional(string({ description: "The pod's name." })),
    endpoint: optional(string({ description: "The interface's name inside, e.g. eth0." })),
    serviceAccountName: optional(string({ description: "The identity it runs under." })),
    ipNetworks: optional(list(string(), { description: "Its addresses, each a /32 or /128." })),
    ipNATs: optional(
      list(
        object({
          internalIP: optional(string({ description: "One of ipNetworks." })),
          externalIP: optional(string({ description: "What the outside calls it." })),
        }),
        { description: "Addresses under which it is reached from outside." },
      ),
    ),
    ipv4Gateway: optional(string({ description: "Its next hop for IPv4." })),
    ipv6Gateway: optional(string({ description: "Its next hop for IPv6." })),
    profiles: optional(list(string(), { description: "Profiles, read in order after the tiers." })),
    interfaceName: optional(string({ description: "The interface on the node. Required." })),
    mac: optional(string({ description: "Its hardware address." })),
    ports: optional(list(port, { description: "Ports that rules may name." })),
    allowSpoofedSourcePrefixes: optional(
      list(string(), { description: "Other addresses that it asks to send from." }),
    ),
    qosControls: optional(
      openObject({}, { description: "Limits of bandwidth and connections; kept, unread." }),
    ),
  },
  { description: "Which interface of which node it is, its addresses and who runs there." },
);

export type WorkloadEndpointSpec = Infer<typeof spec>;
export type WorkloadEndpointPortSpec = Infer<typeof port>;
export type WorkloadEndpointResource = Resource<"WorkloadEndpoint"> & {
  readonly apiVersion: "projectcalico.org/v3";
  readonly spec: WorkloadEndpointSpec;
};

export const workloadEndpoint = defineKind<WorkloadEndpointResource>({
  group: "projectcalico.org",
  version: "v3",
  kind: "WorkloadEndpoint",
  plural: "workloadendpoints",
  shortNames: ["wep", "weps"],
  scope: "Namespaced",
  columns: [
    { name: "Workload", type: "string", jsonPath: ".spec.workload" },
    { name: "Node", type: "string", jsonPath: ".spec.node" },
    { name: "Networks", type: "string", jsonPath: ".spec.ipNetworks" },
    { name: "Interface", type: "string", jsonPath: ".spec.interfaceName" },
  ],
  example: {
    metadata: { name: "node--1-k8s-web-eth0", namespace: "shop", labels: { app: "web" } },
    spec: {
      node: "node-1",
      orchestrator: "k8s",
      pod: "web",
      endpoint: "eth0",
      interfaceName: "cali12345",
      ipNetworks: ["10.48.0.10/32"],
      profiles: ["kns.shop"],
    },
  },
  schema: objectSchema({ spec }, { description: "A pod's or VM's interface on a node." }),
  check: (endpoint) => [
    ...checkWorkloadEndpointSpec(endpoint.spec),
    ...checkWorkloadEndpointName(endpoint.metadata.name, endpoint.spec),
  ],
});

const NAMES = [
  "orchestrator",
  "workload",
  "node",
  "pod",
  "endpoint",
  "serviceAccountName",
] as const;

/** What the schema cannot say of a workload endpoint. */
export function checkWorkloadEndpointSpec(spec: WorkloadEndpointSpec): FieldError[] {
  const errors: FieldError[] = [];
  if (!spec.interfaceName) errors.push(required("spec.interfaceName"));
  errors.push(
    ...NAMES.flatMap((name) => checkText(spec[name], `spec.${name}`, dnsSubdomainProblem)),
    ...checkText(spec.interfaceName, "spec.interfaceName", interfaceNameProblem),
    ...checkText(spec.containerID, "spec.containerID", containerIdProblem),
    ...checkText(spec.mac, "spec.mac", macProblem),
    ...checkTexts(spec.ipNetworks, "spec.ipNetworks", singleAddressProblem),
    ...checkText(spec.ipv4Gateway, "spec.ipv4Gateway", (text) => gatewayProblem(text, 4)),
    ...checkText(spec.ipv6Gateway, "spec.ipv6Gateway", (text) => gatewayProblem(text, 6)),
    ...checkTexts(spec.profiles, "spec.profiles", dnsSubdomainProblem),
    ...checkTexts(
      spec.allowSpoofedSourcePrefixes,
      "spec.allowSpoofedSourcePrefixes",
      addressOrNetProblem,
    ),
    ...checkNats(spec),
    ...(spec.ports ?? []).flatMap((port, i) => checkWorkloadPort(port, `spec.ports[${i}]`)),
  );
  return errors;
}

function checkWorkloadPort(port: WorkloadEndpointPortSpec, field: string): FieldError[] {
  const nameless = !port.name && !port.hostPort;
  return [
    ...(nameless ? [required(`${field}.name`, "a port has a name or a hostPort")] : []),
    ...checkText(port.name, `${field}.name`, portNameProblem),
    ...checkPortProtocol(port.protocol, `${field}.protocol`),
    ...checkText(port.hostIP, `${field}.hostIP`, strictNetOrAddressProblem),
  ];
}

/** Each internal address is one of the endpoint's; both addresses are of one family. */
function checkNats(spec: WorkloadEndpointSpec): FieldError[] {
  const own = (spec.ipNetworks ?? []).flatMap((net): Prefix[] => {
    const parsed = parseAddressOrPrefix(net);
    return parsed ? [parsed] : [];
  });
  return (spec.ipNATs ?? []).flatMap((nat, i) => {
    const field = `spec.ipNATs[${i}]`;
    const internal = parseAddress(nat.internalIP ?? "");
    const external = parseAddress(nat.externalIP ?? "");
    const errors: FieldError[] = [];
    for (const side of ["internalIP", "externalIP"] as const) {
      const problem = addressProblem(nat[side] ?? "");
      if (problem) errors.push(invalid(`${field}.${side}`, nat[side] ?? "", problem));
    }
    if (internal && !own.some((net) => covers(net, hostPrefix(internal)))) {
      errors.push(invalid(`${field}.internalIP`, nat.internalIP, "must be one of ipNetworks"));
    }
    if (internal && external && internal.family !== external.family) {
      const detail = "must be of the family of internalIP";
      errors.push(invalid(`${field}.externalIP`, nat.externalIP, detail));
    }
    return errors;
  });
}

function singleAddressProblem(text: string): string | undefined {
  const problem = strictNetOrAddressProblem(text);
  const net = parseAddressOrPrefix(text);
  if (problem || !net || isHostPrefix(net)) return problem;
  return "must be a single address: a /32 (IPv4) or /128 (IPv6)";
}

function gatewayProblem(text: string, family: Family): string | undefined {
  if (parseAddress(text)?.family === family) return undefined;
  return `must be a valid IPv${family} address`;
}

function containerIdProblem(text: string): string | undefined {
  if (/^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/.test(text)) return undefined;
  return "must consist of alphanumeric characters or '-', and start and end alphanumerically";
}

const OCTETS = /^[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2})*$/i;
const PAIRS = /^[0-9a-f]{4}(?:\.[0-9a-f]{4})*$/i;

function macProblem(text: string): string | undefined {
  const octets = text.replace(/[^0-9a-f]/gi, "").length / 2;
  if ((OCTETS.test(text) || PAIRS.test(text)) && [6, 8, 20].includes(octets)) return undefined;
  return "must be a MAC address, (e.g. 0a:58:0a:09:08:07)";
}

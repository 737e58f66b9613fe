/** WorkloadEndpoint: a pod's or VM's interface on a node. */
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
import { defineKind, objectSchema } from "./object.ts";
import type { Resource } from "./resource.ts";

const port = object({
  name: optional(string({ description: "What rules call the port." })),
  protocol: integerOrString({ description: "TCP, UDP or SCTP." }),
  port: integer({ minimum: 1, maximum: 65535, description: "The port's number." }),
  hostPort: optional(integer({ minimum: 0, maximum: 65535 })),
  hostIP: optional(string()),
});

const spec = object({
  orchestrator: optional(string({ description: "What runs it: k8s, cni, openstack, …" })),
  workload: optional(string({ description: "The workload's name." })),
  node: optional(string({ description: "The node that hosts it." })),
  containerID: optional(string()),
  pod: optional(string({ description: "The pod's name." })),
  endpoint: optional(string({ description: "The interface's name inside, e.g. eth0." })),
  serviceAccountName: optional(string()),
  ipNetworks: optional(list(string(), { description: "Its addresses, each a /32 or /128." })),
  ipNATs: optional(
    list(object({ internalIP: optional(string()), externalIP: optional(string()) })),
  ),
  ipv4Gateway: optional(string()),
  ipv6Gateway: optional(string()),
  profiles: optional(list(string(), { description: "Profiles, read in order after the tiers." })),
  interfaceName: optional(string({ description: "The interface on the node. Required." })),
  mac: optional(string()),
  ports: optional(list(port, { description: "Ports that rules may name." })),
  allowSpoofedSourcePrefixes: optional(list(string())),
  qosControls: optional(openObject({})),
});

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
  schema: objectSchema({ spec }, { description: "A pod's or VM's interface on a node." }),
});

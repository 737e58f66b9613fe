/** Pod: what policy protects. Only what policy reads is declared; the rest is kept as it is. */

import { type FieldError, notSupported } from "../schema/field-error.ts";
import {
  boolean,
  type Infer,
  integer,
  list,
  openObject,
  optional,
  string,
} from "../schema/schema.ts";
import { dnsSubdomainProblem, portNameProblem } from "./names.ts";
import { addressOrNetProblem } from "./net-check.ts";
import { defineKind, objectSchema } from "./object.ts";
import { ageColumn } from "./policy-fields.ts";
import { checkPortNumber } from "./port.ts";
import type { Resource } from "./resource.ts";
import { checkText } from "./text-check.ts";

const PROTOCOLS: readonly string[] = ["TCP", "UDP", "SCTP"];

const containerPort = openObject({
  name: optional(string({ description: "What rules call the port." })),
  containerPort: optional(integer({ description: "The port's number in the pod." })),
  protocol: optional(string({ default: "TCP", description: "TCP when absent, UDP or SCTP." })),
  hostPort: optional(integer({ description: "The port of the node that leads to it." })),
  hostIP: optional(string({ description: "The address of the node that leads to it." })),
});

const containers = (description: string) =>
  optional(
    list(
      openObject({
        name: optional(string({ description: "The container's name." })),
        ports: optional(list(containerPort, { description: "Ports that rules may name." })),
      }),
      { description },
    ),
  );

const spec = openObject(
  {
    nodeName: optional(string({ description: "The node it runs on." })),
    hostNetwork: optional(boolean({ description: "It uses the node's own addresses." })),
    serviceAccountName: optional(string({ description: "The identity it runs under." })),
    containers: containers("What runs in it."),
    initContainers: containers("What runs before, or beside."),
  },
  { description: "Where it runs, as whom and what; other fields are kept, unread." },
);

const status = openObject(
  {
    phase: optional(string({ description: "Pending, Running, Succeeded, Failed or Unknown." })),
    podIP: optional(string({ description: "Its first address." })),
    podIPs: optional(
      list(openObject({ ip: optional(string({ description: "The address." })) }), {
        description: "Its addresses.",
      }),
    ),
    hostIP: optional(string({ description: "Its node's address." })),
  },
  { description: "How it is now; other fields are kept, unread." },
);

export type PodSpec = Infer<typeof spec>;
export type ContainerPort = Infer<typeof containerPort>;
export type PodResource = Resource<"Pod"> & {
  readonly apiVersion: "v1";
  readonly spec: PodSpec;
  readonly status?: Infer<typeof status>;
};

export const pod = defineKind<PodResource>({
  group: "",
  version: "v1",
  kind: "Pod",
  plural: "pods",
  shortNames: ["po"],
  scope: "Namespaced",
  columns: [
    { name: "Status", type: "string", jsonPath: ".status.phase" },
    ageColumn,
    { name: "IP", type: "string", jsonPath: ".status.podIP", priority: 1 },
    { name: "Node", type: "string", jsonPath: ".spec.nodeName", priority: 1 },
  ],
  selectableFields: ["spec.nodeName", "status.phase", "status.podIP"],
  example: {
    metadata: { name: "web", namespace: "shop", labels: { app: "web" } },
    spec: {
      nodeName: "node-1",
      serviceAccountName: "web",
      containers: [{ name: "web", ports: [{ name: "http", containerPort: 8080 }] }],
    },
    status: { phase: "Running", podIP: "10.48.0.10", podIPs: [{ ip: "10.48.0.10" }] },
  },
  schema: objectSchema(
    { spec: optional(spec), status: optional(status) },
    { description: "Containers that share an address; what policy protects." },
  ),
  withDefaults: (found) => ({ ...found, spec: found.spec ?? {} }),
  check: checkPod,
});

function checkPod({ spec, status }: PodResource): FieldError[] {
  return [
    ...checkText(spec.nodeName, "spec.nodeName", dnsSubdomainProblem),
    ...checkText(spec.serviceAccountName, "spec.serviceAccountName", dnsSubdomainProblem),
    ...(["containers", "initContainers"] as const).flatMap((list) =>
      (spec[list] ?? []).flatMap(({ ports }, i) =>
        (ports ?? []).flatMap((port, j) => checkPort(port, `spec.${list}[${i}].ports[${j}]`)),
      ),
    ),
    ...checkText(status?.podIP, "status.podIP", addressOrNetProblem),
    ...(status?.podIPs ?? []).flatMap(({ ip }, i) =>
      checkText(ip, `status.podIPs[${i}].ip`, addressOrNetProblem),
    ),
  ];
}

function checkPort(port: ContainerPort, field: string): FieldError[] {
  const { containerPort, protocol } = port;
  return [
    ...checkText(port.name, `${field}.name`, portNameProblem),
    ...(containerPort === undefined
      ? []
      : checkPortNumber(containerPort, `${field}.containerPort`)),
    ...(protocol && !PROTOCOLS.includes(protocol)
      ? [notSupported(`${field}.protocol`, protocol, PROTOCOLS)]
      : []),
  ];
}

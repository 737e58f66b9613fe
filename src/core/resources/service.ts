/**
 * Service: a name for pods. Policy sees the pods behind it, through EndpointSlices; only what says
 * which they are is declared, the rest is kept as it is.
 */

import { duplicate, type FieldError, invalid, required } from "../schema/field-error.ts";
import {
  type Infer,
  integer,
  integerOrString,
  list,
  map,
  oneOf,
  openObject,
  optional,
  string,
} from "../schema/schema.ts";
import { checkLabels } from "./metadata-check.ts";
import { dnsLabelProblem, dnsSubdomainProblem, portNameProblem } from "./names.ts";
import { addressProblem, reachableAddressProblem } from "./net-check.ts";
import { defineKind, objectSchema, status } from "./object.ts";
import { ageColumn } from "./policy-fields.ts";
import { checkPortNumber } from "./port.ts";
import type { Resource } from "./resource.ts";
import { checkText, checkTexts } from "./text-check.ts";

const port = openObject({
  name: optional(string({ description: "The port's name; needed where there are several." })),
  protocol: optional(
    oneOf(["TCP", "UDP", "SCTP"], { default: "TCP", description: "TCP when absent." }),
  ),
  port: integer({ description: "The port of the service's own address." }),
  targetPort: optional(
    integerOrString({ description: "The pods' port, or its name; `port` when absent." }),
  ),
  nodePort: optional(integer({ description: "The port of every node, for outside clients." })),
});

const spec = openObject(
  {
    type: optional(
      oneOf(["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"], {
        default: "ClusterIP",
        description: "How the service is reached.",
      }),
    ),
    selector: optional(map(string(), { description: "Labels of the pods behind it." })),
    clusterIP: optional(
      string({ description: "Its own address; `None` where names lead straight to the pods." }),
    ),
    clusterIPs: optional(list(string(), { description: "Its addresses; clusterIP is the first." })),
    externalIPs: optional(list(string(), { description: "Further addresses that lead to it." })),
    externalName: optional(string({ description: "The name it stands for, with ExternalName." })),
    sessionAffinity: optional(
      oneOf(["None", "ClientIP"], {
        default: "None",
        description: "Whether a client stays with the pod it met first.",
      }),
    ),
    internalTrafficPolicy: optional(
      oneOf(["Cluster", "Local"], { description: "Which pods serve clients in the cluster." }),
    ),
    externalTrafficPolicy: optional(
      oneOf(["Cluster", "Local"], { description: "Which pods serve clients outside." }),
    ),
    ports: optional(list(port, { description: "The ports it offers." })),
  },
  { description: "Which pods, and how they are reached." },
);

export type ServiceSpec = Infer<typeof spec>;
export type ServicePort = Infer<typeof port>;
export type ServiceResource = Resource<"Service"> & {
  readonly apiVersion: "v1";
  readonly spec: ServiceSpec;
};

export const service = defineKind<ServiceResource>({
  group: "",
  version: "v1",
  kind: "Service",
  plural: "services",
  shortNames: ["svc"],
  scope: "Namespaced",
  columns: [
    { name: "Type", type: "string", jsonPath: ".spec.type" },
    { name: "Cluster-IP", type: "string", jsonPath: ".spec.clusterIP" },
    { name: "External-IP", type: "string", jsonPath: ".spec.externalIPs[*]" },
    { name: "Port(s)", type: "string", jsonPath: ".spec.ports[*].port" },
    ageColumn,
    { name: "Selector", type: "string", jsonPath: ".spec.selector", priority: 1 },
  ],
  example: {
    metadata: { name: "web", namespace: "shop" },
    spec: { selector: { app: "web" }, ports: [{ name: "http", port: 80, targetPort: "http" }] },
  },
  schema: objectSchema(
    { spec: optional(spec), status: optional(status) },
    { description: "A name for pods, and an address that leads to them." },
  ),
  withDefaults: withServiceDefaults,
  nameProblem: dnsLabelProblem,
  check: ({ spec }) => checkSpec(spec),
});

/** A port leads to the pods' port of its own number. */
function withServiceDefaults(found: ServiceResource): ServiceResource {
  const spec = withTrafficPolicies(found.spec ?? { type: "ClusterIP", sessionAffinity: "None" });
  if (!spec.ports) return { ...found, spec };
  const ports = spec.ports.map((port) =>
    port.targetPort === undefined || port.targetPort === 0 || port.targetPort === ""
      ? { ...port, targetPort: port.port }
      : port,
  );
  return { ...found, spec: { ...spec, ports } };
}

/** Clients of either side are served by pods of the whole cluster, where they are served at all. */
function withTrafficPolicies(spec: ServiceSpec): ServiceSpec {
  if (spec.type === "ExternalName") return spec;
  const outside = spec.type !== "ClusterIP" || (spec.externalIPs?.length ?? 0) > 0;
  return {
    internalTrafficPolicy: "Cluster",
    ...(outside && { externalTrafficPolicy: "Cluster" }),
    ...spec,
  };
}

function checkSpec(spec: ServiceSpec): FieldError[] {
  const errors = [
    ...checkLabels(spec.selector ?? {}, "spec.selector"),
    ...checkText(spec.clusterIP, "spec.clusterIP", clusterAddressProblem),
    ...checkTexts(spec.clusterIPs, "spec.clusterIPs", clusterAddressProblem),
    ...checkTexts(spec.externalIPs, "spec.externalIPs", reachableAddressProblem),
  ];
  if (spec.clusterIP && spec.clusterIPs?.length && spec.clusterIPs[0] !== spec.clusterIP) {
    const detail = "first value must match `clusterIP`";
    errors.push(invalid("spec.clusterIPs", spec.clusterIPs, detail));
  }
  if (spec.externalTrafficPolicy && !isReachedFromOutside(spec)) {
    const detail = "may only be set for externally-accessible services";
    errors.push(invalid("spec.externalTrafficPolicy", spec.externalTrafficPolicy, detail));
  }
  if (spec.type === "ExternalName") {
    const name = (spec.externalName ?? "").replace(/\.$/, "");
    if (name === "") errors.push(required("spec.externalName"));
    errors.push(...checkText(name, "spec.externalName", dnsSubdomainProblem));
  }
  return [...errors, ...checkPorts(spec)];
}

function isReachedFromOutside({ type, externalIPs }: ServiceSpec): boolean {
  return type === "NodePort" || type === "LoadBalancer" || (externalIPs?.length ?? 0) > 0;
}

function clusterAddressProblem(text: string): string | undefined {
  return text === "None" ? undefined : addressProblem(text);
}

function checkPorts({ type, clusterIP, ports = [] }: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  if (ports.length === 0 && type !== "ExternalName" && clusterIP !== "None") {
    errors.push(required("spec.ports"));
  }
  const names = new Set<string>();
  const numbers = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const field = `spec.ports[${i}]`;
    errors.push(...checkPort(port, field));
    if (!port.name && ports.length > 1) errors.push(required(`${field}.name`));
    if (port.name && names.has(port.name)) errors.push(duplicate(`${field}.name`, port.name));
    const number = `${port.protocol}/${port.port}`;
    if (numbers.has(number)) errors.push(duplicate(field, port));
    names.add(port.name ?? "");
    numbers.add(number);
  }
  return errors;
}

function checkPort({ name, port, targetPort }: ServicePort, field: string): FieldError[] {
  return [
    ...checkText(name, `${field}.name`, dnsLabelProblem),
    ...checkPortNumber(port, `${field}.port`),
    ...(typeof targetPort === "number" ? checkPortNumber(targetPort, `${field}.targetPort`) : []),
    ...(typeof targetPort === "string"
      ? checkText(targetPort, `${field}.targetPort`, portNameProblem)
      : []),
  ];
}

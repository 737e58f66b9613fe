/**
 * EndpointSlice: some of the pods behind a service and their ports. What rules mean by a service is
 * the addresses in its slices (k8s-conversion.md §7).
 */

import { type Family, parseAddress } from "../net/address.ts";
import { duplicate, type FieldError, required, tooMany } from "../schema/field-error.ts";
import {
  boolean,
  type Infer,
  integer,
  list,
  oneOf,
  openObject,
  optional,
  string,
} from "../schema/schema.ts";
import { dnsLabelProblem, dnsSubdomainProblem, qualifiedNameProblem } from "./names.ts";
import { reachableAddressProblem } from "./net-check.ts";
import { defineKind, objectSchema } from "./object.ts";
import { ageColumn } from "./policy-fields.ts";
import { checkPortNumber } from "./port.ts";
import type { Resource } from "./resource.ts";
import { checkText, checkTexts, type TextRule } from "./text-check.ts";

/** The label that says whose slice it is: the name of a service of the slice's namespace. */
export const SERVICE_NAME_LABEL = "kubernetes.io/service-name";

const addressType = oneOf(["IPv4", "IPv6", "FQDN"], {
  description: "What the addresses are; a slice has one sort. Rules never match names (FQDN).",
});

const endpoint = openObject({
  addresses: list(string(), { description: "Where the endpoint is reached; the first is used." }),
  conditions: optional(
    openObject(
      {
        ready: optional(boolean({ description: "It takes new connections." })),
        serving: optional(boolean({ description: "It answers, even while it ends." })),
        terminating: optional(boolean({ description: "It is about to end." })),
      },
      { description: "Whether it serves now; rules match it either way." },
    ),
  ),
  hostname: optional(string({ description: "Its name below the service's." })),
  nodeName: optional(string({ description: "The node it runs on." })),
  zone: optional(string({ description: "The zone it runs in." })),
  targetRef: optional(
    openObject(
      {
        kind: optional(string({ description: "The object's kind." })),
        namespace: optional(string({ description: "The object's namespace." })),
        name: optional(string({ description: "The object's name." })),
      },
      { description: "The object it stands for, a pod as a rule." },
    ),
  ),
});

const port = openObject({
  name: optional(string({ default: "", description: "The name of the service's port." })),
  protocol: optional(
    oneOf(["TCP", "UDP", "SCTP"], { default: "TCP", description: "TCP when absent." }),
  ),
  port: optional(integer({ description: "The port's number." })),
  appProtocol: optional(string({ description: "What is spoken there." })),
});

export type EndpointSliceEndpoint = Infer<typeof endpoint>;
export type EndpointSlicePort = Infer<typeof port>;
export type EndpointSliceResource = Resource<"EndpointSlice"> & {
  readonly apiVersion: "discovery.k8s.io/v1";
  readonly addressType: Infer<typeof addressType>;
  readonly endpoints: readonly EndpointSliceEndpoint[];
  readonly ports?: readonly EndpointSlicePort[];
};

export const endpointSlice = defineKind<EndpointSliceResource>({
  group: "discovery.k8s.io",
  version: "v1",
  kind: "EndpointSlice",
  plural: "endpointslices",
  scope: "Namespaced",
  columns: [
    { name: "AddressType", type: "string", jsonPath: ".addressType" },
    { name: "Ports", type: "string", jsonPath: ".ports[*].port" },
    { name: "Endpoints", type: "string", jsonPath: ".endpoints[*].addresses[*]" },
    ageColumn,
  ],
  example: {
    metadata: {
      name: "web-1",
      namespace: "shop",
      labels: { "kubernetes.io/service-name": "web" },
    },
    addressType: "IPv4",
    endpoints: [{ addresses: ["10.48.0.10"], targetRef: { kind: "Pod", name: "web" } }],
    ports: [{ name: "http", protocol: "TCP", port: 8080 }],
  },
  schema: objectSchema(
    {
      addressType,
      endpoints: optional(list(endpoint, { description: "The endpoints, at most 1000." })),
      ports: optional(list(port, { description: "The ports of every endpoint, at most 100." })),
    },
    { description: "Some of the endpoints behind a service." },
  ),
  withDefaults: (slice) => ({ ...slice, endpoints: slice.endpoints ?? [] }),
  check: checkSlice,
});

const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;
const MAX_PORTS = 100;

function checkSlice({ addressType, endpoints, ports = [] }: EndpointSliceResource): FieldError[] {
  const errors: FieldError[] = [];
  if (endpoints.length > MAX_ENDPOINTS) {
    errors.push(tooMany("endpoints", endpoints.length, MAX_ENDPOINTS));
  }
  if (ports.length > MAX_PORTS) errors.push(tooMany("ports", ports.length, MAX_PORTS));
  const rule = addressRule(addressType);
  for (const [i, endpoint] of endpoints.entries()) {
    errors.push(...checkEndpoint(endpoint, `endpoints[${i}]`, rule));
  }
  const names = new Set<string>();
  for (const [i, { name = "", port, appProtocol }] of ports.entries()) {
    errors.push(...checkText(name, `ports[${i}].name`, dnsLabelProblem));
    errors.push(...checkText(appProtocol, `ports[${i}].appProtocol`, qualifiedNameProblem));
    if (names.has(name)) errors.push(duplicate(`ports[${i}].name`, name));
    names.add(name);
    if (port !== undefined) errors.push(...checkPortNumber(port, `ports[${i}].port`));
  }
  return errors;
}

function checkEndpoint(
  { addresses, hostname, nodeName }: EndpointSliceEndpoint,
  field: string,
  rule: TextRule,
): FieldError[] {
  const errors: FieldError[] = [];
  if (addresses.length === 0) {
    errors.push(required(`${field}.addresses`, "must contain at least 1 address"));
  }
  if (addresses.length > MAX_ADDRESSES) {
    errors.push(tooMany(`${field}.addresses`, addresses.length, MAX_ADDRESSES));
  }
  return [
    ...errors,
    ...checkTexts(addresses, `${field}.addresses`, rule),
    ...checkText(hostname, `${field}.hostname`, dnsLabelProblem),
    ...checkText(nodeName, `${field}.nodeName`, dnsSubdomainProblem),
  ];
}

/** What an address of the slice must be; nothing where its type is none that exists. */
function addressRule(type: string): TextRule {
  switch (type) {
    case "IPv4":
      return (text) => familyProblem(text, 4);
    case "IPv6":
      return (text) => familyProblem(text, 6);
    case "FQDN":
      return fullNameProblem;
    default:
      return () => undefined;
  }
}

function familyProblem(text: string, family: Family): string | undefined {
  const problem = reachableAddressProblem(text);
  if (problem) return problem;
  return parseAddress(text)?.family === family ? undefined : `must be an IPv${family} address`;
}

function fullNameProblem(text: string): string | undefined {
  const name = text.replace(/\.$/, "");
  const problem = dnsSubdomainProblem(name);
  if (problem || name.includes(".")) return problem;
  return "should be a domain with at least two segments separated by dots";
}

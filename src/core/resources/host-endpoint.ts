/** HostEndpoint: an interface of a host itself, so that policy can govern it. */

import { type FieldError, invalid } from "../schema/field-error.ts";
import {
  type Infer,
  integer,
  integerOrString,
  list,
  object,
  optional,
  set,
  string,
  validated,
} from "../schema/schema.ts";
import { dnsSubdomainProblem, interfaceNameProblem, portNameProblem } from "./names.ts";
import { addressProblem } from "./net-check.ts";
import { defineKind, objectSchema } from "./object.ts";
import { checkPortProtocol } from "./port.ts";
import type { Resource } from "./resource.ts";
import { checkText, checkTexts } from "./text-check.ts";

const fields = object({
  node: optional(string({ maxLength: 253, description: "The host's name. Required." })),
  interfaceName: optional(
    string({
      maxLength: 15,
      description:
        "The interface, or `*` for every interface; when absent the one with an expected IP.",
    }),
  ),
  expectedIPs: optional(
    set(string(), { description: "Addresses of the interface; rules select them by its labels." }),
  ),
  profiles: optional(set(string(), { description: "Profiles, read in order after the tiers." })),
  ports: optional(
    list(
      object({
        name: string({ description: "What rules call the port." }),
        protocol: integerOrString({ description: "TCP, UDP or SCTP." }),
        port: integer({ minimum: 1, maximum: 65535, description: "The port's number." }),
      }),
      { description: "Ports that rules may name." },
    ),
  ),
});

export type HostEndpointSpec = Infer<typeof fields>;
const spec = validated(
  { ...fields, description: "Which interface of which host, and what rules call it." },
  {
    rule: "has(self.node) && self.node != ''",
    message: "the host whose interface it is",
    field: "node",
    reason: "FieldValueRequired",
    holds: ({ node }) => Boolean(node),
  },
  {
    rule:
      "has(self.interfaceName) && self.interfaceName != '' || " +
      "has(self.expectedIPs) && size(self.expectedIPs) > 0",
    message: "at least one of interfaceName or expectedIPs must be specified",
    field: "interfaceName",
    reason: "FieldValueRequired",
    holds: ({ interfaceName, expectedIPs }) => Boolean(interfaceName || expectedIPs?.length),
  },
);

export type HostEndpointResource = Resource<"HostEndpoint"> & {
  readonly apiVersion: "projectcalico.org/v3";
  readonly spec: HostEndpointSpec;
};

export const hostEndpoint = defineKind<HostEndpointResource>({
  group: "projectcalico.org",
  version: "v3",
  kind: "HostEndpoint",
  plural: "hostendpoints",
  shortNames: ["hep", "heps"],
  scope: "Cluster",
  columns: [
    {
      name: "Node",
      type: "string",
      jsonPath: ".spec.node",
      description: "The host whose interface it is",
    },
    {
      name: "Interface",
      type: "string",
      jsonPath: ".spec.interfaceName",
      description: "The interface",
    },
  ],
  example: {
    metadata: { name: "node-1-eth0", labels: { role: "node" } },
    spec: { node: "node-1", interfaceName: "eth0", expectedIPs: ["192.168.10.1"] },
  },
  schema: objectSchema(
    { spec },
    { description: "An interface of a host itself, for policy to govern." },
  ),
  check: ({ spec }) => checkHostEndpointSpec(spec),
});

/** What the schema cannot say of a host endpoint. */
function checkHostEndpointSpec(spec: HostEndpointSpec): FieldError[] {
  const errors = [
    ...checkText(spec.node, "spec.node", dnsSubdomainProblem),
    ...checkText(spec.interfaceName, "spec.interfaceName", interfaceNameProblem),
    ...checkTexts(spec.expectedIPs, "spec.expectedIPs", addressProblem),
    ...checkTexts(spec.profiles, "spec.profiles", dnsSubdomainProblem),
  ];
  for (const [i, { name, protocol }] of (spec.ports ?? []).entries()) {
    const field = `spec.ports[${i}]`;
    const problem = portNameProblem(name);
    if (problem) errors.push(invalid(`${field}.name`, name, problem));
    errors.push(...checkPortProtocol(protocol, `${field}.protocol`));
  }
  return errors;
}

/**
 * FelixConfiguration: settings of hosts. `default` holds on every node, `node.<name>` on that one.
 * Every field of the kind is read, so that what is used elsewhere can be applied here; few mean
 * something to policy.
 */
import { isObject } from "../schema/json-object.ts";
import { validated } from "../schema/schema.ts";
import { checkFelixConfiguration } from "./felix-configuration-check.ts";
import { type FelixConfigurationSpec, felixConfigurationSpec } from "./felix-configuration-spec.ts";
import { defineKind, objectSchema } from "./object.ts";
import type { Resource } from "./resource.ts";

export type FelixConfigurationResource = Resource<"FelixConfiguration"> & {
  readonly apiVersion: "projectcalico.org/v3";
  readonly spec: FelixConfigurationSpec;
};

const NODE_PREFIX = "node.";

/** Whose settings an object of this name holds: of every node, of one, or of those it selects. */
export function configuredBy(
  name: string,
): { readonly every: true } | { readonly node: string } | undefined {
  if (name === "default") return { every: true };
  return name.startsWith(NODE_PREFIX) ? { node: name.slice(NODE_PREFIX.length) } : undefined;
}

const schema = validated(
  objectSchema(
    { spec: felixConfigurationSpec },
    { description: "Settings of every host, or of one." },
  ),
  {
    rule:
      "!has(self.spec.nodeSelector) || " +
      "(self.metadata.name != 'default' && !self.metadata.name.startsWith('node.'))",
    message:
      "not for `default` nor for `node.<name>`, which say by their names whom they configure",
    field: "spec.nodeSelector",
    reason: "FieldValueForbidden",
    holds: selectsNodesItself,
  },
);

function selectsNodesItself(value: unknown): boolean {
  if (!isObject(value) || !isObject(value.spec) || !isObject(value.metadata)) return true;
  const { name } = value.metadata;
  const named = typeof name === "string" && configuredBy(name) !== undefined;
  return !named || value.spec.nodeSelector === undefined;
}

export const felixConfiguration = defineKind<FelixConfigurationResource>({
  group: "projectcalico.org",
  version: "v3",
  kind: "FelixConfiguration",
  plural: "felixconfigurations",
  scope: "Cluster",
  columns: [],
  example: {
    metadata: { name: "default" },
    spec: {
      defaultEndpointToHostAction: "Drop",
      failsafeInboundHostPorts: [{ protocol: "TCP", port: 22 }],
    },
  },
  schema,
  check: ({ spec }) => checkFelixConfiguration(spec),
});

/** Node: a machine of the cluster. Its addresses are those of the host itself. */

import type { FieldError } from "../schema/field-error.ts";
import { type Infer, list, openObject, optional, string } from "../schema/schema.ts";
import { addressProblem } from "./net-check.ts";
import { defineKind, objectSchema } from "./object.ts";
import { ageColumn } from "./policy-fields.ts";
import type { Resource } from "./resource.ts";
import { checkText } from "./text-check.ts";

const status = openObject(
  {
    addresses: optional(
      list(
        openObject({
          type: string({ description: "InternalIP, ExternalIP, Hostname, …" }),
          address: string({ description: "The address, or the name." }),
        }),
        { description: "Where the node is reached." },
      ),
    ),
  },
  { description: "How it is now; other fields are kept, unread." },
);

const spec = openObject({}, { description: "What is wanted of it; kept, unread." });

export type NodeResource = Resource<"Node"> & {
  readonly apiVersion: "v1";
  readonly spec?: Infer<typeof spec>;
  readonly status?: Infer<typeof status>;
};

export const node = defineKind<NodeResource>({
  group: "",
  version: "v1",
  kind: "Node",
  plural: "nodes",
  shortNames: ["no"],
  scope: "Cluster",
  columns: [
    {
      name: "Internal-IP",
      type: "string",
      jsonPath: ".status.addresses[?(@.type=='InternalIP')].address",
    },
    ageColumn,
  ],
  example: {
    metadata: { name: "node-1" },
    status: { addresses: [{ type: "InternalIP", address: "192.168.10.1" }] },
  },
  schema: objectSchema(
    { spec: optional(spec), status: optional(status) },
    { description: "A machine of the cluster." },
  ),
  check: checkAddresses,
});

function checkAddresses({ status }: NodeResource): FieldError[] {
  return (status?.addresses ?? []).flatMap(({ type, address }, i) =>
    type === "InternalIP" || type === "ExternalIP"
      ? checkText(address, `status.addresses[${i}].address`, addressProblem)
      : [],
  );
}

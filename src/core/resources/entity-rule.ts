/** One side of a rule: whom a packet comes from, or goes to. */
import {
  type Infer,
  integerOrString,
  list,
  object,
  optional,
  set,
  string,
  type Validation,
  validated,
} from "../schema/schema.ts";
import { selectorText, withoutGlobal } from "./selector-text.ts";

const ports = (description: string) =>
  optional(
    list(integerOrString({ description: 'A port, a range "8000:8999", or a port\'s name.' }), {
      maxItems: 50,
      description,
    }),
  );

const nets = (description: string) =>
  optional(
    set(string({ description: 'A network in CIDR notation, e.g. "192.168.1.0/24".' }), {
      maxItems: 256,
      description,
    }),
  );

const serviceAccounts = object(
  {
    names: optional(
      set(string({ description: "The name of a service account." }), {
        description: "Service accounts of which the pod's must be one.",
      }),
    ),
    selector: optional(string({ description: "Selects service accounts by their labels." })),
  },
  { description: "Pods that run under these service accounts; both criteria must hold." },
);

const services = validated(
  object(
    {
      name: optional(string({ maxLength: 253, description: "The service's name. Required." })),
      namespace: optional(
        string({
          maxLength: 253,
          description:
            "The service's namespace. Required in global policies; otherwise the policy's own " +
            "when absent.",
        }),
      ),
    },
    { description: "The backends of a Kubernetes service, each on the service's ports." },
  ),
  {
    rule: "has(self.name) && self.name != ''",
    message: "a service is found by its name",
    field: "name",
    reason: "FieldValueRequired",
    holds: ({ name }) => name !== undefined && name !== "",
  },
);

const fields = object({
  nets: nets("Networks of which the address must be in one."),
  notNets: nets("Networks that the address must be in none of."),
  selector: optional(
    selectorText("Selects pods, hosts and network sets; the address must be one of theirs."),
  ),
  notSelector: optional(selectorText("Selects what the address must not belong to.")),
  namespaceSelector: optional(
    selectorText(
      "Selects the namespaces in which `selector` looks; `global()` means outside namespaces.",
    ),
  ),
  services: optional(services),
  serviceAccounts: optional(serviceAccounts),
  ports: ports("Ports of which the packet's must be one."),
  notPorts: ports("Ports that the packet's must be none of."),
});

type EntityFields = Infer<typeof fields>;

/** What says who or where by itself, and leaves a service nothing to say. */
const BESIDE_SERVICES = [
  "nets",
  "notNets",
  "selector",
  "notSelector",
  "namespaceSelector",
] as const;

const REFUSED_BESIDE = {
  message: "may not be specified together with services",
  reason: "FieldValueForbidden",
} as const;

/** An empty text or list says nothing; `serviceAccounts: {}` does. */
const DECLARED: readonly Validation<EntityFields>[] = [
  withoutGlobal("selector"),
  ...BESIDE_SERVICES.map((field) => ({
    ...REFUSED_BESIDE,
    rule: `!has(self.${field}) || size(self.${field}) == 0 || !has(self.services)`,
    field,
    holds: (entity: EntityFields) => !entity[field]?.length || entity.services === undefined,
  })),
  {
    ...REFUSED_BESIDE,
    rule: "!has(self.serviceAccounts) || !has(self.services)",
    field: "serviceAccounts",
    holds: (entity) => entity.serviceAccounts === undefined || entity.services === undefined,
  },
];

/** The schema of a rule's source or destination. */
export function entityRule(description: string) {
  return validated({ ...fields, description }, ...DECLARED);
}

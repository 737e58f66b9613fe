/** A rule of projectcalico.org policies and profiles: what it matches, and what is done then. */
import {
  type Infer,
  integer,
  integerOf,
  integerOrString,
  list,
  map,
  object,
  oneOf,
  optional,
  set,
  string,
} from "../schema/schema.ts";

/** A selector in the language of `core/selector`. */
export function selectorText(description: string) {
  return string({ maxLength: 1024, description });
}

const portList = (description: string) =>
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

const httpPath = object({
  exact: optional(string({ maxLength: 1024, description: "The whole path." })),
  prefix: optional(string({ maxLength: 1024, description: "What the path begins with." })),
});

const httpMatch = object(
  {
    methods: optional(
      list(string(), { maxItems: 20, description: "HTTP methods; `*` is any method." }),
    ),
    paths: optional(
      list(httpPath, { maxItems: 20, description: "Paths, each either exact or a prefix." }),
    ),
  },
  { description: "Restricts the rule to HTTP requests. Only in ingress rules that allow." },
);

const icmpFields = (description: string) =>
  object(
    {
      type: optional(integer({ minimum: 0, maximum: 254, description: "The ICMP type." })),
      code: optional(
        integer({ minimum: 0, maximum: 255, description: "The ICMP code; needs a type." }),
      ),
    },
    { description },
  );

const serviceAccountMatch = object(
  {
    names: optional(set(string(), { description: "Names of service accounts." })),
    selector: optional(string({ description: "Selects service accounts by their labels." })),
  },
  { description: "Pods that run under these service accounts; both criteria must hold." },
);

const serviceMatch = object(
  {
    name: optional(string({ maxLength: 253, description: "The service's name." })),
    namespace: optional(string({ maxLength: 253, description: "The service's namespace." })),
  },
  { description: "The backends of a Kubernetes service." },
);

const entityRule = (description: string) =>
  object(
    {
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
      services: optional(serviceMatch),
      serviceAccounts: optional(serviceAccountMatch),
      ports: portList("Ports of which the packet's must be one."),
      notPorts: portList("Ports that the packet's must be none of."),
    },
    { description },
  );

const source = entityRule("Where the packet comes from.");

const rule = object({
  action: oneOf(["Allow", "Deny", "Log", "Pass"], {
    description: "What happens to a packet that matches.",
  }),
  ipVersion: optional(integerOf([4, 6], { description: "Only packets of this IP version." })),
  protocol: optional(
    integerOrString({
      description: "TCP, UDP, ICMP, ICMPv6, SCTP, UDPLite, or a number from 1 to 255.",
    }),
  ),
  notProtocol: optional(integerOrString({ description: "A protocol that does not match." })),
  icmp: optional(icmpFields("ICMP type and code that match; needs protocol ICMP or ICMPv6.")),
  notICMP: optional(icmpFields("ICMP type and code that do not match.")),
  source: optional(source),
  destination: optional(entityRule("Where the packet goes to.")),
  http: optional(httpMatch),
  metadata: optional(
    object(
      { annotations: optional(map(string(), { description: "Notes; they match nothing." })) },
      { description: "Notes about the rule." },
    ),
  ),
});

export const rules = (description: string) => optional(list(rule, { maxItems: 1024, description }));

export type RuleSpec = Infer<typeof rule>;
export type EntityRuleSpec = Infer<typeof source>;
export type IcmpFieldsSpec = NonNullable<RuleSpec["icmp"]>;
export type HttpMatchSpec = Infer<typeof httpMatch>;
/** A port or a protocol as written: a number, or text that may be a number, a range or a name. */
export type IntegerOrString = number | string;

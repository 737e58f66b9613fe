/** A rule of projectcalico.org policies and profiles: what it matches, and what is done then. */
import { formatProtocol, ICMP, ICMPV6, TCP } from "../net/protocol.ts";
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
  string,
  type Validation,
  validated,
} from "../schema/schema.ts";
import { entityRule } from "./entity-rule.ts";

const httpPath = object({
  exact: optional(string({ maxLength: 1024, description: "The whole path." })),
  prefix: optional(string({ maxLength: 1024, description: "What the path begins with." })),
});

const httpMatch = object(
  {
    methods: optional(
      list(string({ description: "A method, e.g. `GET`." }), {
        maxItems: 20,
        description: "HTTP methods; `*` is any method. Any when absent.",
      }),
    ),
    paths: optional(
      list(httpPath, {
        maxItems: 20,
        description: "Paths, each either exact or a prefix. Any when absent.",
      }),
    ),
  },
  { description: "Restricts the rule to HTTP requests. Only in ingress rules that allow." },
);

const icmpFields = (description: string) =>
  validated(
    object(
      {
        type: optional(integer({ minimum: 0, maximum: 254, description: "The ICMP type." })),
        code: optional(
          integer({ minimum: 0, maximum: 255, description: "The ICMP code; needs a type." }),
        ),
      },
      { description },
    ),
    {
      rule: "has(self.type) || !has(self.code)",
      message: "a code needs a type",
      field: "type",
      reason: "FieldValueRequired",
      holds: ({ type, code }) => type !== undefined || code === undefined,
    },
  );

const fields = object({
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
  source: optional(entityRule("Where the packet comes from.")),
  destination: optional(entityRule("Where the packet goes to.")),
  http: optional(httpMatch),
  metadata: optional(
    object(
      { annotations: optional(map(string(), { description: "Notes; they match nothing." })) },
      { description: "Notes about the rule." },
    ),
  ),
});

export type RuleSpec = Infer<typeof fields>;
export type EntityRuleSpec = NonNullable<RuleSpec["source"]>;
export type IcmpFieldsSpec = NonNullable<RuleSpec["icmp"]>;
export type HttpMatchSpec = Infer<typeof httpMatch>;
/** A port or a protocol as written: a number, or text that may be a number, a range or a name. */
export type IntegerOrString = number | string;

/** Whether a rule's protocol is this one, by its name or its number, which may be in quotes. */
function isProtocol(written: IntegerOrString | undefined, number: number): boolean {
  return written === number || written === formatProtocol(number) || written === String(number);
}

function isProtocolInCel(field: "protocol" | "notProtocol", number: number): string {
  const values = [`'${formatProtocol(number)}'`, `'${number}'`, number];
  return values.map((value) => `self.${field} == ${value}`).join(" || ");
}

const DECLARED: readonly Validation<RuleSpec>[] = [
  {
    rule:
      `!has(self.icmp) || has(self.protocol) && ` +
      `(${isProtocolInCel("protocol", ICMP)} || ${isProtocolInCel("protocol", ICMPV6)})`,
    message: "needs protocol ICMP or ICMPv6",
    field: "icmp",
    holds: ({ icmp, protocol }) =>
      icmp === undefined || isProtocol(protocol, ICMP) || isProtocol(protocol, ICMPV6),
  },
  ...(["protocol", "notProtocol"] as const).flatMap((field) => [
    ofVersion(field, ICMP, 4),
    ofVersion(field, ICMPV6, 6),
  ]),
  {
    rule: `!has(self.http) || !has(self.protocol) || ${isProtocolInCel("protocol", TCP)}`,
    message: "needs protocol TCP, or none",
    field: "http",
    reason: "FieldValueForbidden",
    holds: ({ http, protocol }) =>
      http === undefined || protocol === undefined || isProtocol(protocol, TCP),
  },
  {
    rule: "!has(self.http) || self.action == 'Allow'",
    message: "only valid in Allow rules",
    field: "http",
    reason: "FieldValueForbidden",
    holds: ({ http, action }) => http === undefined || action === "Allow",
  },
  ...(["ports", "notPorts"] as const).map((field) => ({
    rule:
      `!has(self.destination) || !has(self.destination.services) || ` +
      `!has(self.destination.${field}) || size(self.destination.${field}) == 0`,
    message: "a service brings its own ports",
    field: `destination.${field}`,
    reason: "FieldValueForbidden" as const,
    holds: ({ destination }: RuleSpec) =>
      destination?.services === undefined || !destination[field]?.length,
  })),
];

/** ICMP and ICMPv6 each belong to one version of IP. */
function ofVersion(
  field: "protocol" | "notProtocol",
  protocol: number,
  ipVersion: 4 | 6,
): Validation<RuleSpec> {
  return {
    rule:
      `!has(self.${field}) || !has(self.ipVersion) || self.ipVersion == ${ipVersion} || ` +
      `!(${isProtocolInCel(field, protocol)})`,
    message: `${field} ${formatProtocol(protocol)} requires ipVersion ${ipVersion}`,
    field: "ipVersion",
    holds: (rule) =>
      rule.ipVersion === undefined ||
      rule.ipVersion === ipVersion ||
      !isProtocol(rule[field], protocol),
  };
}

const rule = validated(fields, ...DECLARED);

/** The schema of a list of rules. */
export const rules = (description: string) => optional(list(rule, { maxItems: 1024, description }));

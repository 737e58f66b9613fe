/** What a PolicyTest asserts. */
import {
  boolean,
  type Infer,
  integerOf,
  list,
  listMap,
  object,
  oneOf,
  optional,
  string,
  validated,
} from "../schema/schema.ts";
import { connection, grpcRequest, httpRequest } from "./policy-test-connection.ts";
import { destination, source } from "./policy-test-peer.ts";

const MAX_ASSERTIONS = 256;
const MAX_ITEMS = 64;

const assertion = validated(
  object({
    name: string({
      minLength: 1,
      maxLength: 253,
      description: "What is asserted, for people; no two assertions of a test share it.",
    }),
    explanation: optional(
      string({ maxLength: 1024, description: "Why it must be so; told when it is not." }),
    ),
    expect: oneOf(["allow", "deny"], {
      description: "What must become of every connection from one side to the other.",
    }),
    from: list(source, {
      minItems: 1,
      maxItems: MAX_ITEMS,
      description: "Whom connections come from: everyone that any item selects.",
    }),
    to: list(destination, {
      minItems: 1,
      maxItems: MAX_ITEMS,
      description: "Whom connections go to: everyone that any item selects.",
    }),
    ports: optional(
      list(connection, {
        minItems: 1,
        maxItems: MAX_ITEMS,
        description:
          "What is connected to. When absent, the ports that a service in `to` offers; for " +
          "everyone else every protocol and port.",
      }),
    ),
    http: optional(
      list(httpRequest, {
        minItems: 1,
        maxItems: MAX_ITEMS,
        description: "Requests over each of the connections; not the connections alone.",
      }),
    ),
    grpc: optional(
      list(grpcRequest, {
        minItems: 1,
        maxItems: MAX_ITEMS,
        description: "Calls over each of the connections; not the connections alone.",
      }),
    ),
    family: optional(
      integerOf([4, 6], { description: "Only over IPv4, or IPv6. Over both when absent." }),
    ),
    allowEmpty: optional(
      boolean({
        default: false,
        description: "A side that selects nobody is no failure: there is nothing to judge then.",
      }),
    ),
  }),
  {
    rule:
      "!(has(self.http) || has(self.grpc)) || has(self.ports) || " +
      "self.to.all(peer, has(peer.service))",
    message: "requests need the ports that they are sent to",
    field: "ports",
    reason: "FieldValueRequired",
    holds: ({ http, grpc, ports, to }) =>
      !(http || grpc) || ports !== undefined || to.every((peer) => peer.service !== undefined),
  },
);

/** The spec of a PolicyTest. */
export const policyTestSpec = object(
  {
    description: optional(string({ maxLength: 1024, description: "What the test is about." })),
    assertions: listMap(["name"], assertion, {
      minItems: 1,
      maxItems: MAX_ASSERTIONS,
      description: "Everything that must hold; each by itself.",
    }),
  },
  { description: "What must hold of a cluster's policy." },
);

export type PolicyAssertion = Infer<typeof assertion>;
export type PolicyTestSpec = Infer<typeof policyTestSpec>;

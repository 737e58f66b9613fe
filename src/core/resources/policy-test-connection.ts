/** What an assertion of a PolicyTest sends: connections, and requests over them. */
import {
  type Infer,
  integer,
  integerOrString,
  object,
  optional,
  string,
  validated,
} from "../schema/schema.ts";

const byte = (description: string) => integer({ minimum: 0, maximum: 255, description });

/** One port, a range of them, or the messages of a protocol without ports. */
export const connection = validated(
  object({
    protocol: optional(
      integerOrString({
        description: "TCP, UDP, SCTP, ICMP, ICMPv6, UDPLite or a number; TCP when absent.",
      }),
    ),
    port: optional(
      integerOrString({
        description:
          "The destination's port, or its name there; a service's own port. Every port when absent.",
      }),
    ),
    endPort: optional(
      integer({
        minimum: 1,
        maximum: 65_535,
        description: "The last port of a range that `port` begins.",
      }),
    ),
    sourcePort: optional(
      integer({
        minimum: 0,
        maximum: 65_535,
        description: "The port that connections come from. Every port when absent.",
      }),
    ),
    icmp: optional(
      object(
        { type: byte("The message's type."), code: optional(byte("Its code; 0 when absent.")) },
        { description: "One message of ICMP or ICMPv6. Every message when absent." },
      ),
    ),
  }),
  {
    rule: "!has(self.endPort) || has(self.port)",
    message: "may not be specified when `port` is not specified",
    field: "endPort",
    holds: ({ port, endPort }) => endPort === undefined || port !== undefined,
  },
);

/** A request to an HTTP server. */
export const httpRequest = object({
  method: optional(string({ maxLength: 64, description: "The method; GET when absent." })),
  path: string({
    minLength: 1,
    maxLength: 1024,
    description: "The path, e.g. `/orders/17`; it begins with a slash.",
  }),
});

/** A call to a gRPC server. */
export const grpcRequest = object({
  service: string({
    minLength: 1,
    maxLength: 253,
    description: "The service with its package, e.g. `shop.Orders`.",
  }),
  method: string({ minLength: 1, maxLength: 253, description: "The method, e.g. `Get`." }),
});

export type PolicyTestConnection = Infer<typeof connection>;

/** Ports of hosts that no policy closes, so that nobody locks themselves out (evaluation.md §9.7). */
import { type FieldError, invalid, notSupported } from "../schema/field-error.ts";
import { type Infer, integer, list, object, optional, string } from "../schema/schema.ts";
import { addressOrNetProblem } from "./net-check.ts";
import { checkText } from "./text-check.ts";

/** One such port, of FelixConfiguration. */
const failsafePort = object({
  protocol: optional(string({ description: "TCP, UDP or SCTP; TCP when absent." })),
  port: integer({ description: "The port." }),
  net: optional(
    string({ description: "Only for the other side's addresses in it; for anyone when absent." }),
  ),
});

export const failsafePorts = (description: string) => optional(list(failsafePort, { description }));

export type FailsafePortSpec = Infer<typeof failsafePort>;

const PROTOCOLS: readonly string[] = ["TCP", "UDP", "SCTP"];

export function checkFailsafePorts(
  ports: readonly FailsafePortSpec[] | undefined,
  field: string,
): FieldError[] {
  return (ports ?? []).flatMap(({ protocol = "TCP", ...port }, i) =>
    checkFailsafePort({ protocol, ...port }, `${field}[${i}]`),
  );
}

/** Checks a port that stands for itself: only in a list an absent protocol is TCP (validation.md §6). */
export function checkFailsafePort(
  { protocol = "", port, net }: FailsafePortSpec,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (!PROTOCOLS.includes(protocol)) {
    errors.push(notSupported(`${field}.protocol`, protocol, PROTOCOLS));
  }
  if (port < 0 || port > 65_535) {
    errors.push(invalid(`${field}.port`, port, "must be between 0 and 65535, inclusive"));
  }
  return [...errors, ...checkText(net, `${field}.net`, addressOrNetProblem)];
}

/** Options that several commands have. */
import { type Command, InvalidArgumentError, Option } from "commander";

/** The formats that a command prints; the first is the default. */
export function outputOption(choices: readonly string[]): Option {
  return new Option("-o, --output <format>", "how to print the answer")
    .choices(choices)
    .default(choices[0]);
}

/** Manifests, as many as are wanted. */
export function filesOption(
  description = "a manifest, a directory of them, or - for stdin",
): Option {
  return repeatable("-f, --filename <path>", description);
}

/** An option whose values add up. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description} (repeatable)`).argParser(
    (value: string, before: string[] | undefined) => [...(before ?? []), value],
  );
}

/** For the folders of directories. */
export function recursiveOption(): Option {
  return new Option("-R, --recursive", "read the folders of directories too").default(false);
}

/** Where pods will be. */
export function podCidrOption(): Option {
  return repeatable("--pod-cidr <cidr>", "where pods will be whose addresses are not known");
}

/** The namespace of what names none. */
export function namespaceOption(): Option {
  return new Option("-n, --namespace <name>", "the namespace (default: the kubeconfig's)");
}

/** How to reach a server. */
export function kubeconfigOption(): Option {
  const fallback = "$KUBECONFIG, then kubeconfig in the data directory";
  return new Option("--kubeconfig <file>", `how to reach the server (default: ${fallback})`);
}

/** Where a store and its kubeconfig are. */
export function dataOption(): Option {
  return new Option("--data <dir>", "where the store and the kubeconfig are").default(".picket");
}

/** Gives a command the options that say what is sent, whoever sends it. */
export function connectionOptions(command: Command): Command {
  return command
    .option("--protocol <name>", "TCP, UDP, SCTP, ICMP, or a number", "TCP")
    .option("--port <port>", "the destination's port, a number or its name")
    .option("--source-port <number>", "the source's port", port)
    .option("--icmp-type <number>", "the ICMP type (default: echo request)", byte)
    .option("--icmp-code <number>", "the ICMP code (default: 0)", byte)
    .addOption(
      new Option("--family <family>", "IPv4 or IPv6 (default: what both sides have)")
        .choices(["4", "6"])
        .argParser((text) => family(text)),
    );
}

/** Reads a port. Throws InvalidArgumentError. */
export function port(text: string): number {
  return numberUpTo(65_535, text);
}

/** Reads a number from 0 to 255. Throws InvalidArgumentError. */
function byte(text: string): number {
  return numberUpTo(255, text);
}

function numberUpTo(last: number, text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= last) return Number(text);
  throw new InvalidArgumentError(`want a number from 0 to ${last}.`);
}

/** Reads an IP version. Throws InvalidArgumentError. */
function family(text: string): 4 | 6 {
  if (text === "4") return 4;
  if (text === "6") return 6;
  throw new InvalidArgumentError("want 4 or 6.");
}

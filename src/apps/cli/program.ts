/** The whole command line at a glance. What a command does is in its own file, loaded when used. */
import { Command, Option } from "commander";
import { type ExitCode, usage } from "./exit.ts";
import {
  byte,
  dataOption,
  family,
  filesOption,
  kubeconfigOption,
  namespaceOption,
  outputOption,
  podCidrOption,
  port,
  recursiveOption,
  repeatable,
} from "./options.ts";
import type { Terminal } from "./terminal.ts";
import { packageVersion, version } from "./version.ts";

/** Told how the command that ran has ended. */
export type Ended = (code: ExitCode) => void;

const EXIT_CODES = `
Exit codes: 0 yes, 1 a negative answer, 2 usage, 3 unreachable, 4 refused.`;

export function commandLine(terminal: Terminal, ended: Ended): Command {
  const program = new Command("picket")
    .description("Kubernetes and Calico network policy, enforced in the Linux kernel.")
    .version(packageVersion(), "--version", "print Picket's version")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.tell(text.trimEnd()),
    })
    .showHelpAfterError("(picket help COMMAND tells more)")
    .addHelpText("after", EXIT_CODES);

  program
    .command("up")
    .description("Start a server, an agent and a lab on this machine, and show what they do.")
    .option("--lab <dir>", "bring up the lab of this example and take its tour")
    .option("--exit", "leave after the tour; exit 1 if a packet and its verdict differed")
    .option("--port <number>", "the API's port on 127.0.0.1 (default: 6643, or any)", port)
    .addOption(dataOption())
    .addOption(outputOption(["text", "json"]))
    .addHelpText("after", "\nWithout root nothing is enforced: the verdicts are shown alone.")
    .action(async (options) => {
      const { up } = await import("./up.ts");
      ended(await up(terminal, options));
    });

  program
    .command("server")
    .description("Serve the Kubernetes API for policy on 127.0.0.1, from a store in a directory.")
    .option("--port <number>", "the API's port (default: 6643, or any that is free)", port)
    .addOption(dataOption())
    .action(async (options) => {
      const { server } = await import("./server.ts");
      ended(await server(terminal, options));
    });

  program
    .command("agent")
    .description("Enforce a server's policy for one node in this machine's kernel. Needs root.")
    .requiredOption("--node <name>", "the node that this machine is")
    .option("--netns <name>", "enforce in this network namespace (ip netns) instead")
    .option("--health-port <number>", "serve GET /health on 127.0.0.1", port)
    .addOption(kubeconfigOption())
    .addOption(dataOption())
    .action(async (options) => {
      const { agent } = await import("./agent.ts");
      ended(await agent(terminal, options));
    });

  program
    .command("apply")
    .description("Create or change the objects of manifests. Nothing of a bad file is applied.")
    .addOption(filesOption().makeOptionMandatory())
    .addOption(recursiveOption())
    .addOption(namespaceOption())
    .addOption(kubeconfigOption())
    .addOption(dataOption())
    .addOption(outputOption(["text", "json", "yaml", "name"]))
    .action(async (options) => {
      const { apply } = await import("./apply.ts");
      ended(await apply(terminal, options));
    });

  program
    .command("get")
    .description("List objects, or print some of them.")
    .argument("<kind>", "a kind, its plural or short name, several with commas, or kind/name")
    .argument("[names...]", "only these")
    .option("-A, --all-namespaces", "of every namespace", false)
    .addOption(namespaceOption())
    .addOption(kubeconfigOption())
    .addOption(dataOption())
    .addOption(outputOption(["table", "wide", "json", "yaml", "name"]))
    .action(async (kind: string, names: string[], options) => {
      const { get } = await import("./get.ts");
      ended(await get(terminal, kind, names, options));
    });

  program
    .command("delete")
    .description("Delete the objects of manifests, or of a kind by name.")
    .argument("[kind]", "a kind, its plural or short name, or kind/name")
    .argument("[names...]", "which of them")
    .addOption(filesOption())
    .addOption(recursiveOption())
    .option("--ignore-not-found", "an object that is not there is no failure", false)
    .addOption(namespaceOption())
    .addOption(kubeconfigOption())
    .addOption(dataOption())
    .addOption(outputOption(["text", "name"]))
    .action(async (kind: string | undefined, names: string[], options) => {
      const { remove } = await import("./delete.ts");
      ended(await remove(terminal, kind, names, options));
    });

  program
    .command("validate")
    .description("Check manifests without a server: file, line, field, and what was wanted.")
    .addOption(filesOption().makeOptionMandatory())
    .addOption(recursiveOption())
    .addOption(outputOption(["text", "json"]))
    .action(async (options) => {
      const { validate } = await import("./validate.ts");
      ended(await validate(terminal, options));
    });

  connectionOptions(program.command("explain"))
    .description("Say what policy makes of a connection, rule by rule, and what would change it.")
    .argument("[endpoint]", 'the word "endpoint": list the policies of an endpoint instead')
    .argument("[name]", "the endpoint: namespace/pod, a VM, a host endpoint, an address")
    .option("--from <source>", "namespace/name of a pod or VM, an address, or a host's name")
    .option("--to <destination>", "as --from, or a Service")
    .option("--icmp <type/code>", "an ICMP message, e.g. 8/0")
    .option("--http <request>", "a request in the connection, e.g. 'GET /orders'")
    .option("--grpc <method>", "a gRPC call, e.g. shop.Orders/List")
    .addOption(filesOption("judge by these manifests alone, not by a server's objects"))
    .addOption(recursiveOption())
    .addOption(kubeconfigOption())
    .addOption(dataOption())
    .addOption(outputOption(["text", "json"]))
    .addHelpText(
      "after",
      `
Example:
  picket explain -f manifests/ --from production/blue --to production/red --port 6379
  picket explain endpoint -f manifests/ production/red

Where a name is of several things, say which: pod/…, vm/…, service/…, host/…, hostendpoint/….
Exits 0 if the connection is allowed, 1 if it is denied.`,
    )
    .action(async (endpoint: string | undefined, name: string | undefined, options) => {
      const { explain, explainEndpoint } = await import("./explain.ts");
      if (endpoint === undefined) ended(await explain(terminal, options));
      else if (endpoint === "endpoint" && name)
        ended(await explainEndpoint(terminal, name, options));
      else throw usage(`explain ${endpoint}: want --from and --to, or "endpoint NAMESPACE/NAME"`);
    });

  program
    .command("reach")
    .description("Say who can reach whom on which ports, exactly, over all connections.")
    .addOption(filesOption("judge by these manifests alone, not by a server's objects"))
    .addOption(recursiveOption())
    .option(
      "--by <what...>",
      "put workloads together: namespace, label KEY, class (alike to policy)",
    )
    .option("--focus <workload>", "only what namespace/workload reaches and is reached by")
    .option("--exposure", "what is open to outside or to other namespaces", false)
    .addOption(podCidrOption())
    .addOption(kubeconfigOption())
    .addOption(dataOption())
    .addOption(outputOption(["text", "json", "csv", "markdown", "dot", "svg", "table"]))
    .addHelpText(
      "after",
      `
Deployments and the like count as their pods; directories are read with their folders.

Examples:
  picket reach -f manifests/
  picket reach -f manifests/ --by namespace -o svg > reach.svg
  picket reach -f manifests/ --exposure --focus shop/web`,
    )
    .action(async (options) => {
      const { reach } = await import("./reach.ts");
      ended(await reach(terminal, options));
    });

  program
    .command("lint")
    .description("Find what in policies cannot be meant: rules that decide nothing, and more.")
    .addOption(filesOption("the manifests of a cluster with its policies, not a server's objects"))
    .addOption(podCidrOption())
    .addOption(
      new Option("--fail-on <severity>", "exit 1 for findings from this severity on")
        .choices(["error", "warning", "info"])
        .default("warning"),
    )
    .addOption(kubeconfigOption())
    .addOption(dataOption())
    .addOption(outputOption(["text", "json", "github"]))
    .addHelpText(
      "after",
      `
Rules are compared exactly, over all connections of the cluster that is given: its workloads belong
to the question. The annotation picket.io/lint-ignore on an object lists codes to leave out there.

Examples:
  picket lint -f manifests/
  picket lint -f manifests/ -o github --fail-on error

Exits 0 if nothing is found, 1 if something is, 2 if there is nothing to look at.`,
    )
    .action(async (options) => {
      const { lint } = await import("./lint.ts");
      ended(await lint(terminal, options));
    });

  program
    .command("diff")
    .description("Say which connections two sets of policies differ in, each with an example.")
    .argument("<before>", 'a file or folder, REV:PATH of git, or "server"')
    .argument("<after>", "the same")
    .addOption(podCidrOption())
    .addOption(kubeconfigOption())
    .addOption(dataOption())
    .addOption(outputOption(["text", "json", "markdown"]))
    .addHelpText(
      "after",
      `
A side that describes no workload is judged with the workloads of the other.

Examples:
  picket diff HEAD~1:manifests manifests
  picket diff server manifests/ -o markdown

Exits 0 if the same connections pass, 1 if they differ.`,
    )
    .action(async (before: string, after: string, options) => {
      const { diff } = await import("./diff.ts");
      ended(await diff(terminal, before, after, options));
    });

  program
    .command("preview")
    .description("Say what a draft would change for all connections, before anything is applied.")
    .argument("[drafts...]", "manifests that would be applied: files, folders, or - for stdin")
    .addOption(filesOption("the cluster's manifests, where it is not a server's objects"))
    .addOption(repeatable("--delete <path>", "manifests of what would be deleted"))
    .option("--staged", "enforce every staged policy, those of the draft too", false)
    .option("--connections <file>", "judge these connections, JSON lines (- for stdin)")
    .addOption(podCidrOption())
    .addOption(kubeconfigOption())
    .addOption(dataOption())
    .addOption(outputOption(["text", "json", "markdown"]))
    .addHelpText(
      "after",
      `
A recorded connection is a line such as {"from":"shop/web","to":"shop/db","protocol":"TCP","port":5432}.

Examples:
  picket preview draft.yaml --kubeconfig ~/.kube/config
  picket preview draft.yaml -f manifests/ --connections seen.jsonl -o markdown
  picket preview --staged -f manifests/

Exits 0 if nothing would change, 1 if something would.`,
    )
    .action(async (drafts: string[], options) => {
      const { preview } = await import("./preview.ts");
      ended(await preview(terminal, drafts, options));
    });

  program
    .command("test")
    .description("Judge the assertions of PolicyTests: offline, by a server's objects, in a lab.")
    .addOption(filesOption("a manifest, a directory of them, or - for stdin: tests and cluster"))
    .addOption(recursiveOption())
    .option("--server", "judge by the server's objects; files then give the tests alone", false)
    .option("--lab", "send the connections as packets too, in a lab of the cluster (root)", false)
    .addOption(podCidrOption())
    .addOption(kubeconfigOption())
    .addOption(dataOption())
    .addOption(outputOption(["text", "json", "junit", "tap", "github"]))
    .addHelpText(
      "after",
      `
Examples:
  picket test -f manifests/ -f tests/
  picket test -f tests/ --kubeconfig ~/.kube/config -o junit

Without -f the server's own PolicyTests are judged. Exits 0 if every assertion holds, 1 if one
fails, 2 if there is none or they contradict each other.`,
    )
    .action(async (options) => {
      const { test } = await import("./test.ts");
      ended(await test(terminal, options));
    });

  const lab = program
    .command("lab")
    .description("Pods, VMs and hosts as network namespaces of this machine. Needs root.");
  lab
    .command("up")
    .description("Bring up the lab of a cluster's manifests, policed, until Ctrl-C.")
    .addOption(filesOption().makeOptionMandatory())
    .addOption(recursiveOption())
    .option("--port <number>", "the API's port on 127.0.0.1 (default: 6643, or any)", port)
    .addOption(dataOption())
    .action(async (options) => {
      const { labUp } = await import("./lab-up.ts");
      ended(await labUp(terminal, options));
    });
  lab
    .command("down")
    .description("Stop the lab that runs from a data directory, and remove labs of dead processes.")
    .addOption(dataOption())
    .action(async (options) => {
      const { labDown } = await import("./lab-down.ts");
      ended(await labDown(terminal, options));
    });
  questionOptions(lab.command("probe"))
    .description("Send a packet in the running lab; say what became of it, and what policy says.")
    .addOption(kubeconfigOption())
    .addOption(dataOption())
    .addOption(outputOption(["text", "json"]))
    .addHelpText("after", "\nExits 0 if the packet was delivered, 1 if it was dropped.")
    .action(async (options) => {
      const { labProbe } = await import("./lab-probe.ts");
      ended(await labProbe(terminal, options));
    });

  program
    .command("version")
    .description("Print the versions of Picket and of the Node that runs it.")
    .addOption(outputOption(["text", "json"]))
    .action((options) => ended(version(terminal, options.output)));

  return program;
}

function questionOptions(command: Command): Command {
  return connectionOptions(command)
    .requiredOption("--from <source>", "namespace/pod, an address, or a host's name")
    .requiredOption("--to <destination>", "namespace/pod, an address, or a host's name");
}

/** What is sent, whoever sends it. */
function connectionOptions(command: Command): Command {
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

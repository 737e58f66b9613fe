/** The commands that answer questions about a cluster, on manifests alone or by a server's objects. */
import { type Command, Option } from "commander";
import { type Ended, usage } from "./exit.ts";
import {
  connectionOptions,
  dataOption,
  filesOption,
  kubeconfigOption,
  outputOption,
  podCidrOption,
  recursiveOption,
  repeatable,
} from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** Adds `explain`, `reach`, `lint`, `diff`, `preview` and `test`. */
export function addQuestions(program: Command, terminal: Terminal, ended: Ended): void {
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
    .addOption(recursiveOption().hideHelp()) // as it is anyway
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
}

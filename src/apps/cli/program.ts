/** The whole command line at a glance. What a command does is in its own file, loaded when used. */
import { Command } from "commander";
import type { Ended } from "./exit.ts";
import {
  connectionOptions,
  dataOption,
  filesOption,
  kubeconfigOption,
  namespaceOption,
  outputOption,
  port,
  recursiveOption,
} from "./options.ts";
import { addQuestions } from "./program-questions.ts";
import type { Terminal } from "./terminal.ts";
import { packageVersion, version } from "./version.ts";

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

  addQuestions(program, terminal, ended);

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
  connectionOptions(lab.command("probe"))
    .description("Send a packet in the running lab; say what became of it, and what policy says.")
    .requiredOption("--from <source>", "namespace/pod, an address, or a host's name")
    .requiredOption("--to <destination>", "namespace/pod, an address, or a host's name")
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

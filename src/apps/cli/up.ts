/** `picket up`: everything on this machine, and what an example shows. */
import { join } from "node:path";
import { formatAddress } from "../../core/net/address.ts";
import { formatProtocol } from "../../core/net/protocol.ts";
import type { LoadedResource } from "../../core/resources/read.ts";
import type { PolicyLog } from "../../dataplane/flows/policy-log.ts";
import { EXIT, type ExitCode, usage } from "./exit.ts";
import { locator, readAll, requireValid } from "./manifests.ts";
import { server } from "./server.ts";
import type { ServingOptions } from "./serving.ts";
import { openSession, type Session } from "./session.ts";
import { readSources } from "./sources.ts";
import { stopSignal } from "./stop-signal.ts";
import type { Terminal } from "./terminal.ts";
import { type Shown, takeStep } from "./tour.ts";
import { readTour, type Tour } from "./tour-format.ts";
import { countLine, probeJson, stepLines, widthsOf } from "./tour-report.ts";

export interface UpOptions extends ServingOptions {
  /** The directory of an example with a tour. */
  readonly lab?: string;
  readonly exit?: boolean;
  readonly output: "text" | "json";
}

/** The tour of an example with its manifests read: the cluster's, and each step's. */
interface Example {
  readonly tour: Tour;
  readonly cluster: readonly LoadedResource[];
  readonly steps: readonly (readonly LoadedResource[])[];
}

export async function up(terminal: Terminal, options: UpOptions): Promise<ExitCode> {
  if (options.lab === undefined) {
    if (options.exit) throw usage("--exit leaves after a tour: give --lab DIR too");
    terminal.tell('nothing is enforced: give --lab DIR, or start a "picket agent"');
    return server(terminal, options);
  }
  let isStopping = false;
  const stopped = stopSignal().then(() => {
    isStopping = true;
  });
  const example = await readExample(terminal, options.lab);
  if (!terminal.isRoot) {
    terminal.tell("not root: nothing is enforced. The verdicts below are the engine's alone.");
  }
  let isTouring = true;
  const session = await openSession(terminal, {
    ...options,
    cluster: example.cluster,
    onLog: (log) => {
      if (!isTouring) terminal.tell(formatLog(log));
    },
  });
  try {
    const shown = await takeTour(terminal, session, example, options.output, () => isStopping);
    isTouring = false;
    if (options.output === "text") terminal.print(countLine(example.steps.length, shown));
    const isRight = shown.every((one) => one.differences.length === 0);
    if (options.exit || isStopping) return isRight && !isStopping ? EXIT.yes : EXIT.no;
    terminal.tell(`serving ${session.url}; KUBECONFIG=${join(options.data, "kubeconfig")}`);
    terminal.tell(terminal.isRoot ? "Ctrl-C removes the lab and ends." : "Ctrl-C ends.");
    await stopped;
    return EXIT.yes;
  } finally {
    await session.close();
  }
}

async function readExample(terminal: Terminal, directory: string): Promise<Example> {
  const tour = readTour(directory);
  const read = async (folder: string): Promise<LoadedResource[]> =>
    requireValid(terminal, readAll(await readSources(terminal, [folder])));
  const cluster = await read(tour.cluster);
  const steps: LoadedResource[][] = [];
  for (const { folder } of tour.steps) steps.push(await read(folder));
  return { tour, cluster, steps };
}

/** Shows every step, until `isStopping`. */
async function takeTour(
  terminal: Terminal,
  { stage }: Session,
  { tour, cluster, steps }: Example,
  output: UpOptions["output"],
  isStopping: () => boolean,
): Promise<Shown[]> {
  const widths = widthsOf(tour.steps);
  const all: Shown[] = [];
  for (const [i, step] of tour.steps.entries()) {
    if (isStopping()) break;
    const resources = steps[i] ?? [];
    const shown = await takeStep(stage, step.probes, resources);
    const locate = locator([...cluster, ...resources]);
    const lines =
      output === "json"
        ? shown.map((one) => probeJson(step, one, locate))
        : stepLines(terminal, step, shown, locate, widths);
    for (const line of lines) terminal.print(line);
    all.push(...shown);
  }
  return all;
}

function formatLog({ rule, flow }: PolicyLog): string {
  const policy = rule.namespace === "" ? rule.name : `${rule.namespace}/${rule.name}`;
  const port = flow.destinationPort === undefined ? "" : ` ${flow.destinationPort}`;
  const ends = `${formatAddress(flow.source)} -> ${formatAddress(flow.destination)}`;
  const what = `${formatProtocol(flow.protocol)}${port}`;
  return `log  ${rule.kind} ${policy} rule ${rule.rule + 1}  ${rule.direction}  ${ends}  ${what}`;
}

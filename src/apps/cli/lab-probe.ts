/** `picket lab probe`: a real packet in the running lab, beside what policy says of it. */
import { modelOf } from "../../core/model/convert.ts";
import { Cluster } from "../../core/verdict/cluster.ts";
import { judge } from "../../core/verdict/judge.ts";
import { Lab } from "../../dataplane/lab/lab.ts";
import { clientOf, type ServerOptions } from "./client.ts";
import { CommandFailure, EXIT, type ExitCode, usage } from "./exit.ts";
import { flowOf, type Question } from "./question.ts";
import { findRunningLab } from "./running.ts";
import { fetchAll } from "./snapshot.ts";
import type { Terminal } from "./terminal.ts";
import { verdictLines, verdictObject } from "./verdict-lines.ts";

export interface LabProbeOptions extends Question, ServerOptions {
  readonly output: "text" | "json";
}

export async function labProbe(terminal: Terminal, options: LabProbeOptions): Promise<ExitCode> {
  if (!terminal.isRoot) throw usage("a lab is root's: run this as root");
  const running = findRunningLab(options.data);
  if (!running) {
    const message = `no lab is up from ${options.data}: "picket up --lab DIR" starts one`;
    throw new CommandFailure(EXIT.unreachable, message);
  }
  const client = clientOf(terminal, options);
  const model = modelOf(await fetchAll(client));
  client.close();
  const lab = Lab.attach(running.id, running.topology);
  const { sourcePort: _, ...asked } = flowOf(model, options);
  const chosen = options.sourcePort === undefined ? {} : { sourcePort: options.sourcePort };
  const packet = await lab.probe({ ...asked, ...chosen, from: lab.placeOf(asked.source) });
  const verdict = judge(new Cluster(model), packet.flow);
  const isThrough = packet.outcome === "delivered" && packet.answered !== false;
  const locate = (): undefined => undefined;
  if (options.output === "json") {
    const explanation = verdictObject(options, packet.flow, verdict, locate);
    terminal.print(
      JSON.stringify({ ...explanation, packet: packet.outcome, detail: packet.detail }),
    );
  } else {
    const why = packet.detail === "" ? "" : ` (${packet.detail})`;
    terminal.print(`packet ${packet.outcome}${why}`);
    for (const line of verdictLines(terminal, options, packet.flow, verdict, locate)) {
      terminal.print(line);
    }
  }
  if (packet.outcome !== "unsent" && isThrough !== (verdict.action === "Allow")) {
    terminal.tell("packet and verdict differ");
  }
  return isThrough ? EXIT.yes : EXIT.no;
}

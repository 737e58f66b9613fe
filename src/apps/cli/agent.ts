/** `picket agent`: enforces a server's policy in this machine's kernel, until it is stopped. */
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { inspect } from "node:util";
import { reasonOf } from "../../core/text/reason.ts";
import { AgentThread } from "../agent/agent-thread.ts";
import type { AgentHealth } from "../agent/health.ts";
import { clientOf, type ServerOptions } from "./client.ts";
import { CommandFailure, EXIT, type ExitCode, usage } from "./exit.ts";
import { stopSignal } from "./stop-signal.ts";
import type { Terminal } from "./terminal.ts";

export interface AgentOptions extends ServerOptions {
  readonly node: string;
  readonly netns?: string;
  /** Where health is served, on 127.0.0.1. */
  readonly healthPort?: number;
}

/** The rules stay when the agent ends. */
export async function agent(terminal: Terminal, options: AgentOptions): Promise<ExitCode> {
  if (!terminal.isRoot) throw usage("the agent writes the kernel's rules: run it as root");
  const { node, netns, healthPort } = options;
  const client = clientOf(terminal, options);
  const { connection } = client;
  // The thread has a client of its own.
  client.close();
  const server = healthPort === undefined ? undefined : await listen(healthPort);
  const stopped = stopSignal();
  const thread = new AgentThread(
    { node, connection, ...(netns !== undefined && { netns }) },
    {
      onHealth: (health) => terminal.tell(healthLine(health)),
      onTrouble: (trouble) => terminal.tell(trouble ?? "the server answers again"),
      onDeath: (cause) => terminal.tell(`picket: ${inspect(cause)}`),
    },
  );
  server?.on(
    "request",
    answersWith(() => thread.health),
  );
  await stopped;
  server?.close();
  await thread.stop();
  return EXIT.yes;
}

function healthLine({ revision, problems, refused, lastError }: AgentHealth): string {
  if (lastError !== undefined) return `not enforced: ${lastError}; the rules before stay`;
  const count = problems.length + refused.length;
  const found = count === 0 ? "" : `, ${count} ${count === 1 ? "problem" : "problems"}`;
  return `enforced revision ${revision ?? 0}${found}`;
}

/** `GET /health`: 200 when in sync without an error, else 503; the body tells all. */
function answersWith(health: () => AgentHealth): RequestListener {
  return (_request, response) => {
    const found = health();
    const isWell = found.inSync && found.lastError === undefined;
    response.writeHead(isWell ? 200 : 503, { "content-type": "application/json" });
    response.end(`${JSON.stringify(found)}\n`);
  };
}

/** Listens on 127.0.0.1. Throws CommandFailure when the port cannot be had. */
async function listen(port: number): Promise<Server> {
  const server = createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
  } catch (cause) {
    const message = `cannot serve health on 127.0.0.1:${port}: ${reasonOf(cause)}`;
    throw new CommandFailure(EXIT.refused, message, { cause });
  }
  return server;
}

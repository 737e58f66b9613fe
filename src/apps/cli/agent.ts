/** `picket agent`: enforces a server's policy in this machine's kernel, until it is stopped. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { ApiSyncer } from "../../control/sync/api-syncer.ts";
import { VERDICT_KINDS } from "../../core/resources/kinds.ts";
import { reasonOf } from "../../core/text/reason.ts";
import { nftCommand } from "../../dataplane/nft/nft-command.ts";
import { followCluster } from "../agent/cluster-view.ts";
import { Enforcer } from "../agent/enforcer.ts";
import type { AgentHealth } from "../agent/health.ts";
import { readInterfaces } from "../agent/interfaces.ts";
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
  const { node, netns } = options;
  const client = clientOf(terminal, options);
  const nft = nftCommand(netns === undefined ? {} : { netns });
  let trouble: string | undefined;
  const enforcer = new Enforcer({
    node,
    nft,
    interfaces: () => readInterfaces(netns),
    onHealth: (health) => terminal.tell(healthLine(health)),
  });
  const health = (): AgentHealth => ({
    ...enforcer.health,
    ...(trouble && { lastError: trouble }),
  });
  const { healthPort } = options;
  const server = healthPort === undefined ? undefined : await serve(healthPort, health);
  const stopped = stopSignal();
  await enforcer.closeIfBare();
  const syncer = new ApiSyncer({
    client,
    kinds: VERDICT_KINDS,
    onTrouble: (message) => {
      trouble = message;
      terminal.tell(message === undefined ? "the server answers again" : message);
    },
  });
  const unfollow = followCluster(syncer, (state) => enforcer.enforce(state));
  await stopped;
  unfollow();
  client.close();
  server?.close();
  await enforcer.stop();
  await nft.close();
  return EXIT.yes;
}

function healthLine({ revision, problems, refused, lastError }: AgentHealth): string {
  if (lastError !== undefined) return `not enforced: ${lastError}; the rules before stay`;
  const count = problems.length + refused.length;
  const found = count === 0 ? "" : `, ${count} ${count === 1 ? "problem" : "problems"}`;
  return `enforced revision ${revision ?? 0}${found}`;
}

/**
 * `GET /health`: 200 when in sync without an error, else 503; the body tells all. Throws
 * CommandFailure when the port cannot be had.
 */
async function serve(port: number, health: () => AgentHealth): Promise<Server> {
  const server = createServer((_request, response) => {
    const found = health();
    const isWell = found.inSync && found.lastError === undefined;
    response.writeHead(isWell ? 200 : 503, { "content-type": "application/json" });
    response.end(`${JSON.stringify(found)}\n`);
  });
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
  } catch (cause) {
    const message = `cannot serve health on 127.0.0.1:${port}: ${reasonOf(cause)}`;
    throw new CommandFailure(EXIT.refused, message, { cause });
  }
  return server;
}

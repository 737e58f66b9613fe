/**
 * All of an agent's work, as a thread runs it: it follows a server, calculates what its node is to
 * enforce, and enforces it.
 */
import { ApiClient } from "../../control/sync/api-client.ts";
import { ApiSyncer } from "../../control/sync/api-syncer.ts";
import type { Connection } from "../../control/sync/kubeconfig.ts";
import { VERDICT_KINDS } from "../../core/resources/kinds.ts";
import { nftCommand } from "../../dataplane/nft/nft-command.ts";
import type { Run } from "../thread/module.ts";
import { Enforcer } from "./enforcer.ts";
import type { AgentHealth } from "./health.ts";
import { readInterfaces } from "./interfaces.ts";
import { followNode, type StateSource } from "./node-calculation.ts";

/** Whose policy is enforced, where, and who says what it is. */
export interface NodeAgentOptions {
  readonly node: string;
  /** The network namespace whose kernel enforces it; this process's own when absent. */
  readonly netns?: string;
  readonly connection: Connection;
}

/** What the agent says of its work. */
export type AgentNews =
  /** There is something to be enforced that may not be so yet. */
  | { readonly about: "wanted"; readonly revision: number }
  | { readonly about: "health"; readonly health: AgentHealth }
  /** The server cannot be followed, and why; without a message it can again. */
  | { readonly about: "server"; readonly trouble?: string };

/** The rules stay when it stops. It is asked nothing. */
export const run: Run<NodeAgentOptions, never, AgentNews> = ({ node, netns, connection }, tell) => {
  const client = new ApiClient(connection);
  const nft = nftCommand(netns === undefined ? {} : { netns });
  const enforcer = new Enforcer({
    node,
    nft,
    interfaces: () => readInterfaces(netns),
    onHealth: (health) => tell({ about: "health", health }),
  });
  const syncer = new ApiSyncer({
    client,
    kinds: VERDICT_KINDS,
    onTrouble: (trouble) => tell({ about: "server", ...(trouble !== undefined && { trouble }) }),
  });
  let unfollow = (): void => {};
  let isStopped = false;
  const begun = enforcer.closeIfBare().then(() => {
    if (isStopped) return;
    unfollow = followNode(syncer, node, (source) => {
      tell({ about: "wanted", revision: source.revision });
      enforcer.enforce(fatalIn(source, dieOf));
    });
  });
  return {
    hear: (message) => {
      throw new TypeError(`an agent is asked nothing: ${JSON.stringify(message)}`);
    },
    stop: async () => {
      isStopped = true;
      await begun;
      unfollow();
      client.close();
      await enforcer.stop();
      await nft.close();
    },
  };
};

/**
 * The same source. When it fails `die` is called, too: one that missed a change is of no use any
 * more, and only a new one, which is told everything again, can be.
 */
export function fatalIn(source: StateSource, die: (cause: unknown) => void): StateSource {
  return {
    get revision() {
      return source.revision;
    },
    state: () => {
      try {
        return source.state();
      } catch (cause) {
        die(cause);
        throw cause;
      }
    },
  };
}

/** Ends the thread once whoever is called now has returned. */
function dieOf(cause: unknown): void {
  setImmediate(() => {
    throw cause;
  });
}

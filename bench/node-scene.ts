/** A client, a node and a server in namespaces of their own, joined by veth. */
import { execFileSync } from "node:child_process";
import { writeSettings } from "../src/dataplane/lab/namespace.ts";

/** Every address of this network is the client's. */
export const CLIENT_NETWORK = "10.128";
export const SERVER = "10.65.0.2";
/** The node's end of the server's veth. */
export const SERVER_INTERFACE = "calibench0";

export interface NodeScene {
  readonly client: string;
  readonly node: string;
  readonly server: string;
}

/** Namespaces `picket-bench-PID-NAME-…`; the same addresses in every scene. */
export function openScene(name: string): NodeScene {
  const stem = `picket-bench-${process.pid}-${name}`;
  const scene = { client: `${stem}-client`, node: `${stem}-node`, server: `${stem}-server` };
  for (const netns of Object.values(scene)) ip(["netns", "add", netns]);
  try {
    build(scene);
  } catch (error) {
    closeScene(scene);
    throw error;
  }
  return scene;
}

/** Takes it all down; what is not there is passed over. */
export function closeScene(scene: NodeScene): void {
  for (const netns of Object.values(scene)) {
    try {
      ip(["netns", "delete", netns]);
    } catch {
      // Not made, or gone.
    }
  }
}

function build({ client, node, server }: NodeScene): void {
  const lines: readonly (readonly [netns: string, ...lines: readonly string[]])[] = [
    [
      node,
      `link add up0 type veth peer name eth0 netns ${client}`,
      `link add ${SERVER_INTERFACE} type veth peer name eth0 netns ${server}`,
      "link set lo up",
      "link set up0 up",
      `link set ${SERVER_INTERFACE} up`,
      "address add 10.0.0.1/30 dev up0",
      `address add 10.65.0.1/30 dev ${SERVER_INTERFACE}`,
      `route add ${CLIENT_NETWORK}.0.0/16 via 10.0.0.2`,
    ],
    [
      client,
      "link set lo up",
      "link set eth0 up",
      "address add 10.0.0.2/30 dev eth0",
      `route add local ${CLIENT_NETWORK}.0.0/16 dev lo`,
      "route add default via 10.0.0.1",
    ],
    [
      server,
      "link set lo up",
      "link set eth0 up",
      `address add ${SERVER}/30 dev eth0`,
      "route add default via 10.65.0.1",
    ],
  ];
  for (const [netns, ...commands] of lines) {
    ip(["-netns", netns, "-batch", "-"], `${commands.join("\n")}\n`);
  }
  writeSettings(node, { "ipv4/ip_forward": 1 });
}

function ip(args: readonly string[], input = ""): void {
  execFileSync("ip", args, { input, stdio: ["pipe", "ignore", "pipe"] });
}

/**
 * One run of `ulogd`: the daemon that takes logged packets from the kernel and writes them as JSON,
 * here to a socket of ours. It dies with its owner, whatever that dies of.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

export interface UlogdOptions {
  /** A named network namespace (`ip netns`); this process's own when left out. */
  readonly netns?: string;
  /** The NFLOG group to take packets from. A group has one listener in a namespace. */
  readonly group: number;
  readonly onLine: (line: string) => void;
  /** Packets that are logged from now on are seen. */
  readonly onReady: () => void;
  /** Once, when it has ended and said all. `reason` is for people. */
  readonly onEnd: (reason: string) => void;
}

/** Debian keeps daemons where the PATH of some logins does not look. */
const PATH = `${process.env.PATH ?? ""}${delimiter}/usr/sbin${delimiter}/sbin`;
const POLL_MS = 5;
/** Measured to lose nothing at 150,000 packets a second; ulogd's defaults lose at 10,000. */
const BUFFERS = [
  "netlink_socket_buffer_size=8388608",
  "netlink_socket_buffer_maxsize=67108864",
  "netlink_qthreshold=64",
  "netlink_qtimeout=1",
];

/** Reports whether `ulogd` is installed. */
export function hasUlogd(): boolean {
  return PATH.split(delimiter).some((folder) => existsSync(join(folder, "ulogd")));
}

/** A running ulogd. What it hears goes to the options' callbacks. */
export class Ulogd {
  readonly #options: UlogdOptions;
  /** Holds the settings and the socket until ulogd has both; then nothing of it is on disk. */
  readonly #folder = mkdtempSync(join(tmpdir(), "picket-ulogd-"));
  readonly #server: Server;
  #child: ChildProcess | undefined;
  #socket: Socket | undefined;
  #poll: NodeJS.Timeout | undefined;
  #complaint = "";
  #ended = false;

  constructor(options: UlogdOptions) {
    this.#options = options;
    const path = join(this.#folder, "socket");
    const settings = join(this.#folder, "ulogd.conf");
    writeFileSync(settings, settingsOf(options.group, path));
    this.#server = createServer((socket) => this.#hear(socket));
    this.#server.once("error", (error) => this.#end(error.message));
    this.#server.listen(path, () => this.#start(settings));
  }

  /** Ends ulogd; `onEnd` follows. Packets it has not written yet are lost. */
  stop(): void {
    if (this.#child?.pid === undefined) this.#end("stopped");
    else this.#child.kill("SIGKILL");
  }

  #start(settings: string): void {
    if (this.#ended) return;
    const { netns } = this.#options;
    const inside = netns === undefined ? [] : ["ip", "netns", "exec", netns];
    const argv = ["--pdeathsig", "KILL", ...inside, "ulogd", "-c", settings];
    const child = spawn("setpriv", argv, {
      env: { ...process.env, PATH, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on("line", (line) => {
        if (line.trim() !== "") this.#complaint = line.trim();
      });
    }
    child.once("error", (error) => this.#end(`cannot start it: ${error.message}`));
    child.once("close", (code, signal) => {
      const said = this.#complaint === "" ? "" : `: ${this.#complaint}`;
      this.#end(`it ended (${signal ?? `exit ${code}`})${said}`);
    });
    this.#poll = setInterval(() => this.#checkReady(), POLL_MS);
  }

  /** ulogd tells nobody that it listens, but the kernel does. */
  #checkReady(): void {
    if (!this.#socket || !isBound(this.#child?.pid, this.#options.group)) return;
    clearInterval(this.#poll);
    rmSync(this.#folder, { recursive: true, force: true });
    this.#options.onReady();
  }

  #hear(socket: Socket): void {
    this.#socket = socket;
    socket.on("error", () => this.stop());
    createInterface(socket).on("line", this.#options.onLine);
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#poll);
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
    const { onEnd } = this.#options;
    // What it wrote before it ended is still to be read from the socket.
    if (this.#socket && !this.#socket.closed) this.#socket.once("close", () => onEnd(reason));
    else onEnd(reason);
  }
}

function settingsOf(group: number, socket: string): string {
  return `${[
    "[global]",
    'logfile="stdout"',
    "loglevel=7",
    "stack=log:NFLOG,base:BASE,ifi:IFINDEX,ip2str:IP2STR,json:JSON",
    "[log]",
    `group=${group}`,
    ...BUFFERS,
    "[json]",
    'mode="unix"',
    `file="${socket}"`,
  ].join("\n")}\n`;
}

/** Reports whether the namespace of the process has a listener of the group. */
function isBound(pid: number | undefined, group: number): boolean {
  try {
    const listeners = readFileSync(`/proc/${pid}/net/netfilter/nfnetlink_log`, "latin1");
    return listeners.split("\n").some((line) => line.trim().split(/\s+/)[0] === String(group));
  } catch {
    return false;
  }
}

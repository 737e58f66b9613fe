/** Recorded connections: a file of JSON lines, each a connection that somebody saw. */
import type { Model } from "../../core/model/model.ts";
import { formatAddress, parseAddress } from "../../core/net/address.ts";
import type { Flow } from "../../core/net/flow.ts";
import { hasPorts } from "../../core/net/protocol.ts";
import type { Recorded } from "../../core/preview/recorded.ts";
import { isObject, type JsonObject } from "../../core/schema/json-object.ts";
import { reasonOf } from "../../core/text/reason.ts";
import { CommandFailure, EXIT, usage } from "./exit.ts";
import { PeerNames } from "./peer-names.ts";
import { flowBetween, protocolOf, type Question } from "./question.ts";
import type { Source } from "./sources.ts";
import type { Terminal } from "./terminal.ts";

/**
 * The connections of a file, equal ones as one. A line is `{"from", "to", "protocol", "port"}`: ends
 * are called as `explain` calls them, and `source` and `destination` are their addresses where names
 * do not say enough; there may be `sourcePort`, `icmp` (`"8/0"` or `{"type", "code"}`) and `count`.
 * Other fields are left alone. Each line that cannot be read is told. Throws CommandFailure (usage).
 */
export function readConnections(
  terminal: Pick<Terminal, "tell">,
  { file, text }: Source,
  before: Model,
  after: Model,
): Recorded[] {
  const [old, fresh] = [new PeerNames(before), new PeerNames(after)];
  const found = new Map<string, Recorded>();
  let wrong = 0;
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    try {
      const { question, count } = parseLine(line);
      const pair = flowsOf(question, old, fresh);
      const key = JSON.stringify([textOf(pair.before), textOf(pair.after)]);
      const known = found.get(key);
      found.set(key, { ...pair, count: (known?.count ?? 0) + count });
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      terminal.tell(`${file}:${i + 1}: ${error.message}`);
      wrong++;
    }
  }
  if (wrong > 0) {
    const lines = wrong === 1 ? "1 line" : `${wrong} lines`;
    throw new CommandFailure(EXIT.usage, `${file}: ${lines} cannot be read`);
  }
  if (found.size === 0) throw usage(`${file}: no connection is recorded there`);
  return [...found.values()];
}

/** Whoever is only on one side is taken to have the same addresses on the other. */
function flowsOf(
  question: Question,
  before: PeerNames,
  after: PeerNames,
): Pick<Recorded, "before" | "after"> {
  const flows = [before, after].map((names) => {
    try {
      return flowBetween(names.find(question.from), names.find(question.to), question);
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      return error;
    }
  });
  const [was, is] = flows;
  const known = [was, is].find((one): one is Flow => one !== undefined && !isFailure(one));
  if (!known) throw was;
  return {
    before: was && !isFailure(was) ? was : known,
    after: is && !isFailure(is) ? is : known,
  };
}

function isFailure(found: Flow | CommandFailure): found is CommandFailure {
  return found instanceof CommandFailure;
}

interface Line {
  readonly question: Question;
  readonly count: number;
}

function parseLine(line: string): Line {
  const value = parseJson(line);
  const from = endOf(value, "source", "from");
  const to = endOf(value, "destination", "to");
  const icmp = icmpOf(value.icmp);
  const port = portOf(value);
  const sourcePort = numberOf(value, "sourcePort", 65_535);
  const { protocol = icmp === undefined ? "TCP" : "ICMP" } = value;
  if (typeof protocol !== "string" && typeof protocol !== "number") {
    throw usage("protocol: want a name or a number");
  }
  const question: Question = {
    from,
    to,
    protocol: String(protocol),
    ...(port !== undefined && { port }),
    ...(sourcePort !== undefined && { sourcePort }),
    ...(icmp !== undefined && { icmp }),
  };
  if (port === undefined && hasPorts(protocolOf(question))) throw usage("port: Required value");
  return {
    question,
    count: numberOf(value, "count", Number.MAX_SAFE_INTEGER) ?? 1,
  };
}

function parseJson(line: string): JsonObject {
  try {
    const value: unknown = JSON.parse(line);
    if (isObject(value)) return value;
  } catch (error) {
    throw usage(`not JSON: ${reasonOf(error)}`);
  }
  throw usage('want an object such as {"from":"shop/web","to":"shop/db","port":5432}');
}

/** An end by its address if there is one, else by its name. */
function endOf(value: JsonObject, address: string, name: string): string {
  const written = value[address] ?? value[name];
  if (typeof written !== "string" || written === "") throw usage(`${name}: Required value`);
  if (value[address] === undefined) return written;
  const parsed = parseAddress(written);
  if (!parsed) throw usage(`${address}: ${JSON.stringify(written)} is not an IP address`);
  return formatAddress(parsed);
}

/** A number, or the name of one of the destination's ports. */
function portOf(value: JsonObject): string | undefined {
  const { port } = value;
  if (typeof port === "string" && port !== "") return port;
  const number = numberOf(value, "port", 65_535);
  return number === undefined ? undefined : String(number);
}

function numberOf(value: JsonObject, field: string, last: number): number | undefined {
  const written = value[field];
  if (written === undefined || written === null) return undefined;
  if (typeof written === "number" && Number.isInteger(written) && written >= 0 && written <= last) {
    return written;
  }
  throw usage(`${field}: ${JSON.stringify(written)}: want a whole number from 0 to ${last}`);
}

/** As `--icmp` has it. */
function icmpOf(written: unknown): string | undefined {
  if (written === undefined || written === null) return undefined;
  if (typeof written === "string") return written;
  if (isObject(written) && typeof written.type === "number") {
    return typeof written.code === "number" ? `${written.type}/${written.code}` : `${written.type}`;
  }
  throw usage('icmp: want "8/0" or {"type":8,"code":0}');
}

function textOf({ source, destination, ...rest }: Flow): unknown {
  return [formatAddress(source), formatAddress(destination), rest];
}

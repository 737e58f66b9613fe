/** Whole programs of the reference's data path: tiers of a host and of a workload, and packets. */
import type { Decision, Step } from "../../../src/core/model/verdict.ts";
import { address } from "../../../src/core/net/address.ts";
import type { Flow, IcmpMessage } from "../../../src/core/net/flow.ts";
import { hasPorts } from "../../../src/core/net/protocol.ts";
import type { CompiledRule, Stage } from "../../../src/core/policy/policy.ts";
import { walkStage } from "../../../src/core/verdict/walk.ts";
import type { VectorCase } from "../family.ts";
import { compileDataPathRule, type DataPathRule } from "./data-path-rule.ts";
import { IpSets } from "./ip-sets.ts";

export interface ProgramCase extends VectorCase {
  readonly policy: Program;
  readonly packets: readonly Packet[];
  readonly ipsets?: Readonly<Record<string, readonly string[]>>;
}

interface Program {
  readonly tiers?: readonly Tier[];
  readonly profiles?: readonly Profile[];
  readonly hostPreDnatTiers?: readonly Tier[];
  readonly hostForwardTiers?: readonly Tier[];
  readonly hostNormalTiers?: readonly Tier[];
  readonly hostProfiles?: readonly Profile[];
  readonly forHostInterface?: boolean;
  readonly suppressNormalHostPolicy?: boolean;
  readonly forXDP?: boolean;
  readonly noProfileMatchID?: number;
}

interface Tier {
  readonly name: string;
  readonly policies?: readonly Profile[];
  readonly endAction?: string;
  readonly endRuleID?: number;
}

interface Profile {
  readonly name: string;
  readonly rules?: readonly DataPathRule[];
}

interface Packet {
  readonly protocol: number;
  readonly src: string;
  readonly dst: string;
  readonly sport?: number;
  readonly dport?: number;
  readonly icmp?: IcmpMessage;
  readonly preNATDst?: string;
  readonly preNATDport?: number;
  readonly toHost?: boolean;
  readonly fromHost?: boolean;
  readonly verdict: "allow" | "deny" | "no-match";
  readonly matches?: readonly number[];
}

type Verdict = Packet["verdict"];

/** What was judged otherwise; undefined when every packet was judged as wanted. */
export function checkProgram({ policy, packets, ipsets = {} }: ProgramCase): string | undefined {
  const compiled = compile(policy, new IpSets(ipsets));
  for (const [i, packet] of packets.entries()) {
    const { verdict, hits } = run(compiled, packet);
    if (verdict !== packet.verdict) {
      return `packet ${i}: ${verdict}, wanted ${packet.verdict} ${JSON.stringify(packet)}`;
    }
    const wanted = packet.matches && [...packet.matches].join();
    if (wanted !== undefined && hits.join() !== wanted) {
      return `packet ${i}: matched ${hits.join()}, wanted ${wanted}`;
    }
  }
  return undefined;
}

interface Compiled {
  readonly program: Program;
  readonly preDNAT: readonly Stage[];
  readonly forward: readonly Stage[];
  readonly host: readonly Stage[];
  readonly workload: readonly Stage[];
  readonly ids: ReadonlyMap<Decision, number>;
}

function compile(program: Program, sets: IpSets): Compiled {
  const ids = new Map<Decision, number>();
  const decide = (name: string, id: number | undefined): Decision => {
    const decision: Decision = { by: "profile", profile: name, rule: 0, path: "" };
    if (id !== undefined) ids.set(decision, id);
    return decision;
  };
  const rulesOf = ({ name, rules = [] }: Profile): CompiledRule[] =>
    rules
      .map((rule) => compileDataPathRule(rule, sets, "", decide(name, rule.matchID)))
      .filter((rule) => rule !== undefined);
  const tiers = (listed: readonly Tier[] = []): Stage[] =>
    listed.map(({ name, policies = [], endAction, endRuleID }) => ({
      name,
      rules: policies.flatMap(rulesOf),
      otherwise: endAction?.toLowerCase() === "pass" ? "Pass" : "Deny",
      otherwiseDecision: decide(name, endRuleID),
    }));
  /** One stage of all: "Pass in a profile → deny", and so is no match. */
  const profiles = (listed: readonly Profile[] = []): Stage => ({
    name: "profiles",
    rules: listed
      .flatMap(rulesOf)
      .map((rule) => (rule.action === "Pass" ? { ...rule, action: "Deny" } : rule)),
    otherwise: "Deny",
    otherwiseDecision: decide("", program.noProfileMatchID),
  });
  const host = tiers(program.hostNormalTiers);
  return {
    program,
    preDNAT: tiers(program.hostPreDnatTiers),
    forward: tiers(program.hostForwardTiers),
    host: program.forXDP ? host : [...host, profiles(program.hostProfiles)],
    workload: [...tiers(program.tiers), profiles(program.profiles)],
    ids,
  };
}

/** The steps of evaluation.md §14. */
function run(compiled: Compiled, packet: Packet): { verdict: Verdict; hits: readonly number[] } {
  const { program, ids } = compiled;
  const hits: number[] = [];
  const walk = (stages: readonly Stage[], flow: Flow): Verdict => walkAll(stages, flow, ids, hits);
  const after = flowOf(packet, packet.dst, packet.dport);
  const before = flowOf(packet, packet.preNATDst ?? packet.dst, packet.preNATDport ?? packet.dport);
  if (program.forXDP) return { verdict: walk(compiled.host, before), hits };

  const atHost = (): Verdict => {
    const preDNAT = walk(compiled.preDNAT, before);
    if (preDNAT !== "no-match") return preDNAT;
    if (!packet.toHost && !packet.fromHost) return walk(compiled.forward, after);
    return program.suppressNormalHostPolicy ? "allow" : walk(compiled.host, after);
  };
  if (atHost() === "deny") return { verdict: "deny", hits };
  return { verdict: program.forHostInterface ? "allow" : walk(compiled.workload, after), hits };
}

function walkAll(
  stages: readonly Stage[],
  flow: Flow,
  ids: ReadonlyMap<Decision, number>,
  hits: number[],
): Verdict {
  for (const stage of stages) {
    const logs: Step["logs"][number][] = [];
    const { action, decision } = walkStage(stage, flow, logs);
    for (const hit of [...logs, decision]) {
      const id = ids.get(hit);
      if (id !== undefined) hits.push(id);
    }
    if (action !== "Pass") return action === "Allow" ? "allow" : "deny";
  }
  return "no-match";
}

function flowOf(packet: Packet, to: string, dport: number | undefined): Flow {
  const { protocol, src, sport, icmp } = packet;
  return {
    source: address(src),
    destination: address(to),
    protocol,
    ...(hasPorts(protocol) && { sourcePort: sport ?? 0, destinationPort: dport ?? 0 }),
    ...(icmp && { icmp }),
  };
}

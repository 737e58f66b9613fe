/**
 * Where packets enter: base chains of fixed names, whose rules say what is tried in which order
 * (evaluation.md §9.2 to §9.6). They stand in the base chains themselves, as every packet pays for
 * a jump, also one of a connection that was allowed long ago.
 *
 * What belongs to a connection that was allowed is accepted before anything else, so that a change
 * of policy cuts no connection.
 */
import type { BaseChain } from "../nft/ruleset.ts";
import type { Chains } from "./chains.ts";
import { ACCEPTED, IS_ACCEPTED } from "./host-chains.ts";
import type { WorkloadChains } from "./workload-chains.ts";

const ESTABLISHED = "ct state established,related accept";
const CLEAR = "meta priority set 0:0";

interface Hook {
  readonly name: string;
  readonly at: Omit<BaseChain, "rules">;
  /** None: there is nothing to do at this hook. */
  readonly rules: readonly string[];
}

/** `hostStems`: the maps that there are for host endpoints. */
export function baseChains(
  chains: Chains,
  workloads: WorkloadChains,
  hostStems: ReadonlySet<string>,
): Map<string, BaseChain> {
  const enter = (field: "iifname" | "oifname", stem: string, condition = ""): string[] =>
    hostStems.has(stem) ? [`${condition}${field} vmap @${chains.name(stem)}`] : [];
  const fromWorkload = (then: string): string[] =>
    workloads.interfaces.map((name) => `iifname ${name} ${then}`);
  const toWorkload = (then: string): string[] =>
    workloads.interfaces.map((name) => `oifname ${name} ${then}`);
  const raw = hostStems.has("host_raw_in") || hostStems.has("host_raw_out");
  const marks = raw || hostStems.has("host_predn");
  const forget = marks ? [`${IS_ACCEPTED} meta mark set meta mark & ${complement(ACCEPTED)}`] : [];
  const acceptMarked = marks ? [`${IS_ACCEPTED} accept`] : [];
  const unmarked = marks ? `meta mark & ${ACCEPTED} == 0 ` : "";
  const hooks: readonly Hook[] = [
    {
      name: "raw_prerouting",
      at: { type: "filter", hook: "prerouting", priority: -300 },
      rules: [
        ...forget,
        ...fromWorkload(`goto ${workloads.antiSpoofing}`),
        ...enter("iifname", "host_raw_in"),
      ],
    },
    {
      name: "raw_output",
      at: { type: "filter", hook: "output", priority: -300 },
      rules: raw ? [...forget, ...enter("oifname", "host_raw_out")] : [],
    },
    {
      name: "mangle_prerouting",
      at: { type: "filter", hook: "prerouting", priority: -150 },
      rules: hostStems.has("host_predn")
        ? [ESTABLISHED, ...acceptMarked, ...enter("iifname", "host_predn")]
        : [],
    },
    {
      name: "input",
      at: { type: "filter", hook: "input", priority: 0 },
      rules: [
        ESTABLISHED,
        ...fromWorkload(`goto ${workloads.toHost}`),
        ...acceptMarked,
        ...enter("iifname", "host_in"),
      ],
    },
    {
      name: "forward",
      at: { type: "filter", hook: "forward", priority: 0 },
      rules: [
        ESTABLISHED,
        ...enter("iifname", "host_fwd_in", unmarked),
        ...fromWorkload(`jump ${workloads.from}`),
        ...toWorkload(`jump ${workloads.to}`),
        ...enter("oifname", "host_fwd_out"),
        CLEAR,
      ],
    },
    {
      name: "output",
      at: { type: "filter", hook: "output", priority: 0 },
      rules: hostStems.has("host_out")
        ? [
            ESTABLISHED,
            ...acceptMarked,
            ...toWorkload("return"),
            "ct status dnat return",
            ...enter("oifname", "host_out"),
          ]
        : [],
    },
    {
      // Where a service's address was replaced the route may be another one: judged once it is known.
      name: "mangle_postrouting",
      at: { type: "filter", hook: "postrouting", priority: -150 },
      rules: hostStems.has("host_out")
        ? [
            ESTABLISHED,
            ...acceptMarked,
            ...toWorkload("return"),
            ...enter("oifname", "host_out", "iif 0 ct status dnat "),
          ]
        : [],
    },
  ];
  return new Map(
    hooks
      .filter(({ rules }) => rules.length > 0)
      .map(({ name, at, rules }) => [name, { ...at, rules }]),
  );
}

/** The bits of a mark that `mask` leaves. */
function complement(mask: string): string {
  return `0x${(~Number(mask) >>> 0).toString(16).padStart(8, "0")}`;
}

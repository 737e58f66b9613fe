/**
 * The fixed sequence of lookups that finds a verdict: address to class, stage and class to row, row
 * and protocol and port to code. Its cost does not depend on how much policy there is.
 *
 * Every large map is bound by as few rules as can be: adding an element costs time for each.
 */
import type { Chains } from "./chains.ts";
import { formatRegister, stageKey } from "./register.ts";

/** Names of the chains that others jump to. */
export interface LookupChains {
  /** Put the class of the packet's source or destination into the register. */
  readonly classOf: Readonly<Record<"source" | "destination", string>>;
  /** With stage and class in the register, puts the code there. */
  readonly verdict: string;
  /** With a code from FIRST_LEAF on in the register, goes to its chain; drops what is no code. */
  readonly leaves: string;
  /** The same for codes that lead to one of several own sides. */
  readonly sides: string;
}

const IS_CODE = "meta priority & 0x80000000 == 0";

export function lookupChains(chains: Chains): LookupChains {
  const map = (stem: string) => `@${chains.name(stem)}`;
  const classOf = (side: "saddr" | "daddr") => [
    `meta priority set ip ${side} map ${map("cls4")}`,
    `meta priority set ip6 ${side} map ${map("cls6")}`,
    `meta priority 0:0 meta priority set meta protocol . ip ${side} map ${map("net4")}`,
    `meta priority 0:0 meta priority set meta protocol . ip6 ${side} map ${map("net6")}`,
  ];
  const constantRow = chains.fixed("rowconst", ["meta priority set meta priority & 0xf"]);
  const blocks = chains.fixed("rowblk", [
    `meta priority set meta priority . meta l4proto . (th dport & 0xfff0) map ${map("v16")}`,
    `${IS_CODE} return`,
    `meta priority set meta priority . meta l4proto . @th,16,8 map ${map("v256")}`,
  ]);
  const messages = chains.fixed("rowicmp", [
    `meta priority set meta priority . meta l4proto . th sport map ${map("vi")}`,
    `${IS_CODE} return`,
    `meta priority set meta priority . meta l4proto . @th,0,8 map ${map("vit")}`,
  ]);
  const sources = chains.fixed("rowsrc", [
    `meta priority set meta priority . meta l4proto . th sport map ${map("vs")}`,
    "meta priority & 0x20000000 == 0 return",
    `meta priority set meta priority . meta l4proto . (th sport & 0xfff0) map ${map("vs16")}`,
    "meta priority & 0x20000000 == 0 return",
    `meta priority set meta priority . meta l4proto . @th,0,8 map ${map("vs256")}`,
    "meta priority & 0x20000000 == 0 return",
    `meta priority set meta priority map ${map("vsd")}`,
  ]);
  const verdict = chains.fixed("verdict", [
    `meta priority set meta priority map ${map("rows")}`,
    `${IS_CODE} meta priority set meta priority & 0x3ffc0000 map ${map("rows")}`,
    `meta priority & 0x20000000 != 0 jump ${sources}`,
    `meta priority & 0xfffffff0 == 0x80000000 goto ${constantRow}`,
    `meta priority set meta priority . meta l4proto . th dport map ${map("v")}`,
    `${IS_CODE} return`,
    `meta priority & 0x40000000 != 0 jump ${blocks}`,
    `${IS_CODE} return`,
    `meta l4proto 1 jump ${messages}`,
    `meta l4proto 58 jump ${messages}`,
    `${IS_CODE} return`,
    `meta priority set meta priority . meta l4proto map ${map("vp")}`,
    `${IS_CODE} return`,
    `meta priority set meta priority map ${map("vd")}`,
  ]);
  return {
    classOf: {
      source: chains.fixed("cls_src", classOf("saddr")),
      destination: chains.fixed("cls_dst", classOf("daddr")),
    },
    verdict,
    leaves: chains.fixed("leaf", [`meta priority vmap ${map("leaves")}`]),
    sides: chains.fixed("side", [`meta priority vmap ${map("sides")}`]),
  };
}

/** The rules that leave the code of `stage` in the register, for the class of one side. */
export function lookUp(
  stage: number,
  side: "source" | "destination",
  { classOf, verdict }: LookupChains,
): string[] {
  return [
    `jump ${classOf[side]}`,
    `meta priority set meta priority | ${formatRegister(stageKey(stage, 0))}`,
    `jump ${verdict}`,
  ];
}

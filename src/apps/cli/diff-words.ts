/** What a difference is said with: examples, and what decided about them. */
import type { Connected } from "../../core/analysis/connected.ts";
import type { Example, ReachChange } from "../../core/analysis/reach-difference.ts";
import { formatObject } from "../../core/model/policy.ts";
import type { Step, Verdict } from "../../core/model/verdict.ts";
import { formatAddress } from "../../core/net/address.ts";
import { formatProtocol } from "../../core/net/protocol.ts";
import { formatDecision } from "../../core/verdict/format.ts";
import { type Decided, describeStep, type Locate, placeText } from "./explanation.ts";

/** Finds what is written on each side. */
export interface Locators {
  readonly before: Locate;
  readonly after: Locate;
}

/** What decided about an example on one side, at the end that makes the difference. */
export interface Decider {
  readonly action: "Allow" | "Deny";
  /** `ingress of shop/web`; "" where nobody polices it. */
  readonly where: string;
  /** `NetworkPolicy shop/allow rule 1` */
  readonly what: string;
  /** `file:line`, or "" where that is not known. */
  readonly place: string;
  readonly decided: Decided | undefined;
}

/** `TCP port 80`, `ICMP type 8 code 0`, `protocol 47`; the address of an end that is a range. */
export function flowWords(
  { flow }: Pick<Example, "flow">,
  { from, to }: Pick<ReachChange, "from" | "to">,
): string {
  const protocol = formatProtocol(flow.protocol);
  const ends = [
    isRange(from) ? ` from ${formatAddress(flow.source)}` : "",
    isRange(to) ? ` to ${formatAddress(flow.destination)}` : "",
  ].join("");
  const name = `${/^\d+$/.test(protocol) ? "protocol " : ""}${protocol}${ends}`;
  if (flow.icmp) return `${name} type ${flow.icmp.type} code ${flow.icmp.code}`;
  return flow.destinationPort === undefined ? name : `${name} port ${flow.destinationPort}`;
}

/** Workloads and hosts are called `name[Kind]`. */
function isRange(name: string): boolean {
  return !name.endsWith("]");
}

/** What decided before and what decides now, at the end where a side denies. */
export function decidersOf(
  { is, before, after }: Example,
  locators: Locators,
): { readonly before: Decider; readonly after: Decider } {
  const denying = (is === "added" ? before : after).steps.find(({ action }) => action === "Deny");
  return {
    before: deciderOf(before, denying, locators.before),
    after: deciderOf(after, denying, locators.after),
  };
}

/** What lets a connection pass of a workload that only one side has: the last that has a say. */
export function allowerOf({ verdict }: Connected, locate: Locate): Decider {
  const isByPolicy = ({ decision }: Step) => decision.by === "rule";
  const { steps } = verdict;
  return deciderOf(verdict, steps.findLast(isByPolicy) ?? steps.at(-1), locate);
}

/** `denied by NetworkPolicy shop/deny (ingress of shop/web)  file:line` */
export function deciderWords({ action, where, what, place }: Decider): string {
  const words = `${action === "Allow" ? "allowed" : "denied"} by ${what}`;
  const end = where === "" ? "" : ` (${where})`;
  return `${words}${end}${place === "" ? "" : `  ${place}`}`;
}

/** `added`, `removed` or `changed`, by whether anything passes on either side. */
export function sortOf({ before, after }: ReachChange): "added" | "removed" | "changed" {
  if (before.isEmpty) return "added";
  return after.isEmpty ? "removed" : "changed";
}

function deciderOf(verdict: Verdict, denying: Step | undefined, locate: Locate): Decider {
  const { action } = verdict;
  const step = verdict.steps.find(
    (one) =>
      one.endpoint === denying?.endpoint &&
      one.direction === denying.direction &&
      one.list === denying.list,
  );
  if (!step) return { action, where: "", what: "no policy", place: "", decided: undefined };
  const decided = describeStep(step, locate);
  const { decision } = step;
  const tierEnd = decision.by === "end-of-tier" ? `, ${formatObject(decision.policy)}` : "";
  return {
    action,
    where: `${step.direction} of ${step.endpoint}`,
    what: `${formatDecision(decision)}${tierEnd}`,
    place: placeText(decided),
    decided,
  };
}

/** A walk as people read it: tiers, their policies numbered, each rule with why it did not match. */
import { missWords } from "../../core/explanation/miss-words.ts";
import type { Subject } from "../../core/explanation/questions.ts";
import type { TracedRule } from "../../core/explanation/rule-reader.ts";
import { ruleWords } from "../../core/explanation/rule-words.ts";
import type {
  Trace,
  TracedPolicy,
  TracedProfile,
  TracedTier,
} from "../../core/explanation/trace.ts";
import { type Endpoint, endpointName } from "../../core/model/endpoint.ts";
import type { Model } from "../../core/model/model.ts";
import { type Direction, formatObject, type Policy } from "../../core/model/policy.ts";
import { type Locate, type Place, placeText } from "./explanation.ts";
import { formatTable } from "./table.ts";

/** A walk, and what is needed to put it into words. */
export interface TracedWalk {
  readonly model: Model;
  readonly trace: Trace;
  readonly subject: Subject;
  readonly endpoint: Endpoint;
  readonly direction: Direction;
  readonly locate: Locate;
}

export function traceLines(walk: TracedWalk): string[] {
  const { trace } = walk;
  const tiers = trace.tiers.flatMap((tier) => tierLines(walk, tier));
  if (trace.tiers.length === 0) return [];
  return [...tiers, ...trace.profiles.map(profileLine)];
}

/** `tier default (order 1000000)` */
export function tierHead({ name, order }: Pick<TracedTier, "name" | "order">): string {
  return `tier ${name} (${order === undefined ? "it does not exist" : `order ${order}`})`;
}

/** A policy's row: number, name, order, file and line. */
export function policyCells(policy: Policy, number: number, locate: Locate): string[] {
  const { order, staged, unenforceable } = policy;
  const notes = [
    ...(staged ? ["staged: not enforced"] : []),
    ...(unenforceable === undefined ? [] : [`denies all it governs: ${unenforceable}`]),
  ];
  return [
    `${`${number}`.padEnd(3)}${formatObject(policy)}`,
    `order ${Number.isFinite(order) ? order : "-"}`,
    placeText(locate(policy, "") ?? {}),
    ...notes,
  ];
}

function tierLines(walk: TracedWalk, tier: TracedTier): string[] {
  const heads = tier.policies.map(({ policy, number }) => policyCells(policy, number, walk.locate));
  const rows = formatTable(heads);
  const lines = tier.policies.flatMap((policy, i) => [
    `  ${rows[i] ?? ""}`,
    ...ruleLines(walk, policy).map((line) => `     ${line}`),
  ]);
  return [tierHead(tier), ...lines, ...endLines(walk, tier).map((line) => `  ${line}`)];
}

function ruleLines(walk: TracedWalk, { policy, rules }: TracedPolicy): string[] {
  const whole = walk.locate(policy, "");
  if (rules.length === 0) return [`no rule for ${walk.direction}`];
  return formatTable(
    rules.map((traced) => {
      const { rule } = traced;
      const place = policy.unenforceable === undefined ? walk.locate(policy, rule.path) : undefined;
      return [
        `rule ${rule.index + 1}`,
        ruleWords(rule, policy.namespace),
        shortPlace(place, whole),
        outcome(walk, traced),
      ];
    }),
    2,
  );
}

function outcome({ model, subject }: TracedWalk, traced: TracedRule): string {
  if (!traced.matched) return `no: ${missWords(model, traced, subject)}`;
  return traced.rule.action === "Log" ? "yes: logged, and on" : "yes";
}

/** How the tier was left, where the rule that matched does not say so. */
function endLines({ endpoint, direction }: TracedWalk, tier: TracedTier): string[] {
  const enforced = tier.policies.filter(({ policy }) => !policy.staged);
  switch (tier.left) {
    case "staged":
      return ["end of tier: on to the next; nothing of it is enforced"];
    case "end: Pass":
      return ["end of tier: on to the next, as no rule matched"];
    case "end: Deny": {
      const names = enforced.map(({ policy }) => policy.name);
      const shown = names.slice(-3).join(", ");
      const others = names.length > 3 ? `${names.length - 3} more and ` : "";
      const select = names.length > 1 ? "select" : "selects";
      const whom = `${endpointName(endpoint)} for ${direction}`;
      return [`end of tier: Deny, because ${others}${shown} ${select} ${whom}`];
    }
    case "Pass":
      return [`passed on to the next tier${unread(tier)}`];
    default:
      return tier.unread > 0 ? [`decided${unread(tier)}`] : [];
  }
}

function unread({ unread: count }: TracedTier): string {
  if (count === 0) return "";
  return `; ${count === 1 ? "1 policy" : `${count} policies`} after it not read`;
}

function profileLine({ name, exists, rules }: TracedProfile): string {
  if (!exists) return `profile ${name} does not exist: Deny`;
  const last = rules.at(-1);
  if (last?.matched && last.rule.action !== "Log") {
    return `profile ${name} rule ${last.rule.index + 1}: ${last.rule.action}`;
  }
  return `profile ${name}: no rule matches`;
}

/** The line alone, where the file has been named. */
function shortPlace(place: Place | undefined, whole: Place | undefined): string {
  if (!place) return "";
  return place.file === whole?.file ? `:${place.line}` : placeText(place);
}

/** What is enforced, as states expect it: short enough to be written by hand. */
import type { Direction } from "../../src/core/model/policy.ts";
import type { CompiledRule, Section, Stage } from "../../src/core/policy/policy.ts";
import { compareBytes } from "../../src/core/text/byte-order.ts";
import { type Outcome, sectionsOf } from "./outcome.ts";
import { formatRule } from "./rule-text.ts";

const SHORT = { ingress: "in", egress: "out" } as const;

/**
 * `web in: ops[a b] or pass > default[c] > profile prod`, then `policy c in: Allow from 10.0.1.1; Deny`.
 * `-` is a list without policy; those that only hosts have are left out then. What is alike both
 * ways is `in, out`.
 */
export function briefLines({ endpoints, policies, profiles }: Outcome): string[] {
  const lines = [...endpoints].sort(byKey).flatMap(([key, compiled]) => {
    const texts = sectionsOf(compiled).flatMap(({ list, direction, section }) => {
      if (list !== "normal" && section.stages.length === 0) return [];
      return [
        { head: list === "normal" ? key : `${key} ${list}`, direction, text: listText(section) },
      ];
    });
    return bothWays(texts);
  });
  for (const [path, policy] of [...policies].sort(byKey)) {
    lines.push(...bothWays(ruleTexts(`policy ${shortPath(path)}`, policy)));
  }
  for (const [name, profile] of [...profiles].sort(byKey)) {
    const head = profile.exists ? `profile ${name}` : `no profile ${name}`;
    lines.push(...bothWays(ruleTexts(head, profile)));
  }
  return lines;
}

interface Text {
  readonly head: string;
  readonly direction: Direction;
  readonly text: string;
}

/** One line where both directions of one head are alike. */
function bothWays(texts: readonly Text[]): string[] {
  return [...Map.groupBy(texts, ({ head }) => head)].flatMap(([head, [first, second]]) => {
    if (first && second?.text === first.text) return [`${head} in, out: ${first.text}`];
    return [first, second].flatMap((one) =>
      one ? [`${head} ${SHORT[one.direction]}: ${one.text}`] : [],
    );
  });
}

function listText({ stages }: Section): string {
  return stages.map(stageText).join(" > ") || "-";
}

/** `default[first second]`, `profile open`, `no profile lost`. */
function stageText({ name, otherwise }: Stage): string {
  const [, tier, policies = ""] = /^tier (\S+) \w+: (.+)$/.exec(name) ?? [];
  if (tier === undefined) {
    const profile = name.replace(/ \w+$/, "");
    return otherwise === "Deny" ? `no ${profile}` : profile;
  }
  const listed = `${tier}[${policies.split(", ").map(shortPath).join(" ")}]`;
  return otherwise === "Pass" ? `${listed} or pass` : listed;
}

/** A global policy of Calico's API is known by its name alone. */
function shortPath(path: string): string {
  return path.replace(/^GlobalNetworkPolicy\//, "");
}

/** Only the directions that have rules; `-` where neither has. */
function ruleTexts(
  head: string,
  rules: Readonly<Record<Direction, readonly CompiledRule[]>>,
): Text[] {
  const texts = (["ingress", "egress"] as const).map((direction) => ({
    head,
    direction,
    text: rules[direction].map((rule) => formatRule(rule)).join("; ") || "-",
  }));
  const telling = texts.filter(({ text }) => text !== "-");
  return telling.length > 0 ? telling : texts;
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return compareBytes(a, b);
}

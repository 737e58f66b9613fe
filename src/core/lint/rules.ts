/** Rules that decide nothing: shadowed, contradicted, said twice, or about no connection at all. */
import { objectKey } from "../explanation/object-key.ts";
import { ruleWords } from "../explanation/rule-words.ts";
import type { Action, Policy } from "../model/policy.ts";
import { formatDecision } from "../verdict/format.ts";
import { type Cover, type Finding, finding } from "./finding.ts";
import { type Loss, type RuleUse, ruleUses } from "./rule-use.ts";
import { governed, governs, type Subject, type WrittenRule, writtenRules } from "./subject.ts";

/**
 * What is wrong with the rules of `policies`, which the subject's model enforces. Rules about HTTP
 * requests are not compared: they meet no packet. Nor are those of policies that govern nobody, or
 * that cannot be enforced as written.
 */
export function lintRules(subject: Subject, policies: readonly Policy[]): Finding[] {
  const uses = ruleUses(subject.analysis);
  return policies
    .filter((policy) => policy.unenforceable === undefined && governed(subject, policy).length > 0)
    .flatMap(writtenRules)
    .flatMap((rule) => lintRule(rule, uses));
}

function lintRule(rule: WrittenRule, uses: ReadonlyMap<string, RuleUse>): Finding[] {
  const { policy, direction, path, parts } = rule;
  if (!governs(policy, direction)) {
    const types = Array.from(policy.types, (type) => TYPES[type]).join(" and ");
    const message = `${named(rule)} is never read: the policy's types are ${types} only`;
    return [finding("never-matches", policy, path, message)];
  }
  if (parts.every(({ http }) => http)) return [];
  const use = uses.get(`${objectKey(policy)} ${path}`);
  if (!use) {
    const message = `${named(rule)} matches no connection of anyone whom the policy governs`;
    return [finding("never-matches", policy, path, message)];
  }
  if (use.reached || !use.loss) return [];
  return [lost(rule, use, use.loss)];
}

const TYPES = { ingress: "Ingress", egress: "Egress" } as const;

function lost(rule: WrittenRule, { matched }: RuleUse, loss: Loss): Finding {
  const { policy, path, action } = rule;
  const { coveredBy } = loss;
  const more = { witness: matched, coveredBy };
  const [only, ...others] = coveredBy;
  if (only && others.length === 0 && isTwice(only, loss, action)) {
    const message = `${named(rule)} says the same as ${coverWords(only)}`;
    return finding("duplicate-rule", policy, path, message, more);
  }
  const opposite = coveredBy.find((cover) => isOpposite(cover.action, action));
  if (opposite) {
    const message = `${named(rule)} never decides, and ${coverWords(opposite)} says the opposite`;
    return finding("contradicted-rule", policy, path, message, {
      ...more,
      witness: opposite.taken,
    });
  }
  const message = `${named(rule)} never decides: ${coveredBy.map(coverWords).join(" and ")} ${
    coveredBy.length === 1 ? "takes" : "take"
  } all that it matches`;
  return finding("shadowed-rule", policy, path, message, more);
}

function isTwice({ decision, action }: Cover, { equals }: Loss, own: Action): boolean {
  if (action !== own || decision?.by !== "rule") return false;
  return equals.has(`${objectKey(decision.policy)} ${decision.path}`);
}

function isOpposite(a: Action, b: Action): boolean {
  return (a === "Allow" && b === "Deny") || (a === "Deny" && b === "Allow");
}

/** `rule 2 (Allow TCP from app == 'web')`; of several parts the first stands for all. */
function named({ policy, index, parts }: WrittenRule): string {
  const [first, ...others] = parts;
  const words = first
    ? ` (${ruleWords(first, policy.namespace)}${others.length > 0 ? ", …" : ""})`
    : "";
  return `rule ${index + 1}${words}`;
}

/** What takes connections, in words. */
export function coverWords({ decision, action }: Cover): string {
  if (!decision) return "what is settled before policy is asked";
  const words = formatDecision(decision);
  return decision.by === "rule" ? `${words} (${action})` : words;
}

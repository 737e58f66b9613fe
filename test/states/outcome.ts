/** What is enforced in one place, and how it is written down. */
import { once } from "../../src/core/calc/once.ts";
import { endpointName } from "../../src/core/model/endpoint.ts";
import type { Direction } from "../../src/core/model/policy.ts";
import type { Decision, PolicyList } from "../../src/core/model/verdict.ts";
import { formatAddress } from "../../src/core/net/address.ts";
import type { ActivePolicy, ActiveProfile } from "../../src/core/policy/changes.ts";
import type {
  BothWays,
  CompiledHostEndpoint,
  CompiledRule,
  CompiledWorkload,
  Section,
} from "../../src/core/policy/policy.ts";
import { compareBytes } from "../../src/core/text/byte-order.ts";
import { formatRule, memberTexts, type SetTexts } from "./rule-text.ts";

export type CompiledEndpoint = CompiledWorkload | CompiledHostEndpoint;

/** All that a place enforces: endpoints by key, policies by their path, profiles by name. */
export interface Outcome {
  readonly endpoints: ReadonlyMap<string, CompiledEndpoint>;
  readonly policies: ReadonlyMap<string, ActivePolicy>;
  readonly profiles: ReadonlyMap<string, ActiveProfile>;
}

/** One list of an endpoint in one direction. */
export interface PlacedSection {
  readonly list: PolicyList;
  readonly direction: Direction;
  readonly section: Section;
}

export const DIRECTIONS = ["ingress", "egress"] as const;
export const LISTS = ["untracked", "preDNAT", "forward", "normal"] as const;

/** Every section of an endpoint. */
export function sectionsOf(compiled: CompiledEndpoint): PlacedSection[] {
  if (!("normal" in compiled)) return placed("normal", compiled);
  return LISTS.flatMap((list) => placed(list, compiled[list]));
}

function placed(list: PolicyList, ways: Partial<BothWays>): PlacedSection[] {
  return DIRECTIONS.flatMap((direction) => {
    const section = ways[direction];
    return section ? [{ list, direction, section }] : [];
  });
}

/** Everything, so that equal lines are equal policy. */
export function exactLines({ endpoints, policies, profiles }: Outcome): string[] {
  const sets = memberTexts();
  return [
    ...linesByKey(endpoints, (one) => endpointLines(one, sets)),
    ...linesByKey(policies, (one) => policyLines(one, sets)),
    ...linesByKey(profiles, (one) => profileLines(one, sets)),
  ];
}

function linesByKey<T>(all: ReadonlyMap<string, T>, lines: (one: T) => string[]): string[] {
  return [...all]
    .sort(([a], [b]) => compareBytes(a, b))
    .flatMap(([key, one]) => lines(one).map((line) => `${key}: ${line}`));
}

/** An endpoint with its lists. Labels are left out: no packet meets them. */
export function endpointLines(compiled: CompiledEndpoint, sets: SetTexts): string[] {
  const { kind, node, interfaceName, addresses, ports, profiles } = compiled.endpoint;
  const served = ports.map(({ name, protocol, port }) => `${name} ${protocol}/${port}`);
  const name = endpointName(compiled.endpoint);
  return [
    JSON.stringify([
      kind,
      node,
      name,
      interfaceName,
      addresses.map(formatAddress),
      served,
      profiles,
    ]),
    ...sectionsOf(compiled).flatMap(({ list, direction, section }) =>
      sectionLines(section, sets).map((line) => `${list} ${direction}: ${line}`),
    ),
  ];
}

export function policyLines(policy: ActivePolicy, sets: SetTexts): string[] {
  return ["policy", ...bothWays(policy, sets)];
}

export function profileLines(profile: ActiveProfile, sets: SetTexts): string[] {
  return [profile.exists ? "profile" : "missing profile", ...bothWays(profile, sets)];
}

function bothWays(rules: Pick<ActivePolicy, Direction>, sets: SetTexts): string[] {
  return DIRECTIONS.flatMap((direction) =>
    rules[direction].map((rule) => `${direction}: ${ruleLine(rule, sets)}`),
  );
}

function sectionLines({ stages, final, finalDecision }: Section, sets: SetTexts): string[] {
  return [
    ...stages.flatMap(({ name, rules, otherwise, otherwiseDecision }) => [
      `${name}; otherwise ${otherwise} ${decisionText(otherwiseDecision)}`,
      ...rules.map((rule) => ruleLine(rule, sets)),
    ]),
    `at last ${final} ${decisionText(finalDecision)}`,
  ];
}

function ruleLine(rule: CompiledRule, sets: SetTexts): string {
  return `${formatRule(rule, sets)} ${decisionText(rule.decision)}`;
}

const decisionTexts = new WeakMap<Decision, string>();

/** The same whatever the order in which fields were set. */
function decisionText(decision: Decision): string {
  return once(decisionTexts, decision, () => {
    const fields = Object.entries(decision).sort(([a], [b]) => compareBytes(a, b));
    const texts = fields.map(([name, value]) =>
      typeof value === "object"
        ? `${name}=${value.kind}/${value.namespace}/${value.name}`
        : `${name}=${value}`,
    );
    return `(${texts.join(" ")})`;
  });
}

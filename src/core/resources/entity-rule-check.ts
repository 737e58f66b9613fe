/** What the schema cannot say of one side of a rule. */
import { parsePrefix } from "../net/address.ts";
import { type FieldError, invalid } from "../schema/field-error.ts";
import { dnsSubdomainProblem } from "./names.ts";
import { netProblem } from "./net-check.ts";
import { checkPort } from "./port.ts";
import type { EntityRuleSpec } from "./rule.ts";
import { checkNamespaceSelector, checkSelector } from "./selector-check.ts";
import { checkText } from "./text-check.ts";

/** Checks the source or destination found at `field`. */
export function checkEntityRule(entity: EntityRuleSpec, field: string): FieldError[] {
  return [
    ...checkNets(entity, field),
    ...checkSelector(entity.selector, `${field}.selector`),
    ...checkSelector(entity.notSelector, `${field}.notSelector`),
    ...checkNamespaceSelector(entity.namespaceSelector, `${field}.namespaceSelector`),
    ...checkServiceAccounts(entity, `${field}.serviceAccounts`),
    ...checkServices(entity, `${field}.services`),
    ...(["ports", "notPorts"] as const).flatMap((list) =>
      (entity[list] ?? []).flatMap((port, i) => checkPort(port, `${field}.${list}[${i}]`)),
    ),
  ];
}

function checkNets(entity: EntityRuleSpec, field: string): FieldError[] {
  return (["nets", "notNets"] as const).flatMap((list) =>
    (entity[list] ?? []).flatMap((net, i) => {
      const problem =
        netProblem(net) ??
        (list === "notNets" && parsePrefix(net)?.length === 0
          ? "excludes every address, so the rule could match nothing"
          : undefined);
      return problem ? [invalid(`${field}.${list}[${i}]`, net, problem)] : [];
    }),
  );
}

function checkServiceAccounts(entity: EntityRuleSpec, field: string): FieldError[] {
  const names = entity.serviceAccounts?.names ?? [];
  return [
    ...names.flatMap((name, i) =>
      /["']/.test(name)
        ? [invalid(`${field}.names[${i}]`, name, "a service account's name has no quotes")]
        : [],
    ),
    ...checkSelector(entity.serviceAccounts?.selector, `${field}.selector`),
  ];
}

function checkServices({ services }: EntityRuleSpec, field: string): FieldError[] {
  return [
    ...checkText(services?.name, `${field}.name`, dnsSubdomainProblem),
    ...checkText(services?.namespace, `${field}.namespace`, dnsSubdomainProblem),
  ];
}

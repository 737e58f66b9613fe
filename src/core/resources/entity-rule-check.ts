/** What the schema cannot say of one side of a rule. */
import { parsePrefix } from "../net/address.ts";
import type { Walk } from "../schema/walk.ts";
import { dnsSubdomainProblem } from "./names.ts";
import { netProblem } from "./net-check.ts";
import { portProblem } from "./port.ts";
import type { EntityRuleSpec } from "./rule.ts";
import { namespaceSelectorProblem, selectorProblem } from "./selector-check.ts";
import { walkItems, walkText } from "./text-check.ts";

/** Checks the source or destination that the walk stands at. */
export function checkEntityRule(entity: EntityRuleSpec, walk: Walk): void {
  walkItems("nets", entity.nets, netProblem, walk);
  walkItems("notNets", entity.notNets, excludedNetProblem, walk);
  walkText("selector", entity.selector, selectorProblem, walk);
  walkText("notSelector", entity.notSelector, selectorProblem, walk);
  walkText("namespaceSelector", entity.namespaceSelector, namespaceSelectorProblem, walk);
  const { serviceAccounts, services } = entity;
  if (serviceAccounts) {
    walk.inside("serviceAccounts", () => {
      walkItems("names", serviceAccounts.names, accountNameProblem, walk);
      walkText("selector", serviceAccounts.selector, selectorProblem, walk);
    });
  }
  if (services) {
    walk.inside("services", () => {
      walkText("name", services.name, dnsSubdomainProblem, walk);
      walkText("namespace", services.namespace, dnsSubdomainProblem, walk);
    });
  }
  walkItems("ports", entity.ports, portProblem, walk);
  walkItems("notPorts", entity.notPorts, portProblem, walk);
}

function excludedNetProblem(net: string): string | undefined {
  const problem = netProblem(net);
  if (problem || parsePrefix(net)?.length !== 0) return problem;
  return "excludes every address, so the rule could match nothing";
}

function accountNameProblem(name: string): string | undefined {
  return /["']/.test(name) ? "a service account's name has no quotes" : undefined;
}

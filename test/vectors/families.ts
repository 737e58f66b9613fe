import { adminPolicies } from "./admin-policies.ts";
import { cyclonus } from "./cyclonus.ts";
import { effectiveSelectors } from "./effective-selectors.ts";
import type { Family } from "./family.ts";
import { k8sConversion } from "./k8s-conversion.ts";
import { kubeNetworkPolicies } from "./kube-network-policies.ts";
import { membership } from "./membership.ts";
import { npGuard } from "./np-guard.ts";
import { ordering } from "./ordering.ts";
import { recipes, traffic } from "./recipes.ts";
import { selectors } from "./selectors.ts";
import { validation } from "./validation.ts";
import { verdictsCalico } from "./verdicts-calico.ts";

/** The families, in the order of the report. */
export const families: readonly Family[] = [
  selectors,
  validation,
  k8sConversion,
  effectiveSelectors,
  ordering,
  membership,
  verdictsCalico,
  cyclonus,
  recipes,
  traffic,
  kubeNetworkPolicies,
  ...npGuard,
  adminPolicies,
];

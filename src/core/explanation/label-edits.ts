/** Edits of labels: of an endpoint, of its namespace or its service account, of a network set. */
import {
  NAMESPACE_LABEL,
  NAMESPACE_PREFIX,
  ORCHESTRATOR_LABEL,
  SERVICE_ACCOUNT_LABEL,
  SERVICE_ACCOUNT_PREFIX,
} from "../model/labels.ts";
import type { Model } from "../model/model.ts";
import type { EntityMatch } from "../model/policy.ts";
import { type Address, compareAddresses, contains } from "../net/address.ts";
import type { AnyResource } from "../resources/kinds.ts";
import type { Labels, Selector } from "../selector/selector.ts";
import { type Edit, objectWords, withLabels } from "./edit.ts";
import { objectName } from "./object-key.ts";
import { type Relabelling, relabelling } from "./relabel.ts";
import { isNamespaceName } from "./selector-words.ts";
import type { Vicinities } from "./vicinity.ts";

/** Something with labels that has an address, and the objects that give it these. */
export interface Labelled {
  readonly labels: Labels;
  readonly own: AnyResource;
  readonly namespace?: AnyResource;
  readonly account?: AnyResource;
}

/** Who has an address: its endpoints, then the network sets that it is in. */
export function labelledAt(vicinities: Vicinities, model: Model, address: Address): Labelled[] {
  const found: Labelled[] = [];
  for (const endpoint of [...model.workloads, ...model.hostEndpoints]) {
    if (!endpoint.addresses.some((own) => compareAddresses(own, address) === 0)) continue;
    const own = vicinities.objectOf(endpoint);
    if (own) found.push(labelled(vicinities, own, endpoint.labels));
  }
  for (const { nets, namespace, name, labels } of model.networkSets) {
    if (!nets.some((net) => contains(net, address))) continue;
    const kind = namespace === "" ? "GlobalNetworkSet" : "NetworkSet";
    const own = vicinities.object(kind, namespace, name);
    if (own) found.push(labelled(vicinities, own, labels));
  }
  return found;
}

/** The labels to change so that one side of a rule means `labelled`, or no longer does. */
export function sideLabelEdits(
  labelled: Labelled,
  { selector, notSelector }: EntityMatch,
  wanted: boolean,
): Edit[][] {
  const terms: Selector[] = [
    ...(selector ? [selector] : []),
    ...(notSelector ? [{ op: "not", term: notSelector } as const] : []),
  ];
  return selectorEdits(labelled, { op: "and", terms }, wanted);
}

/** As {@link sideLabelEdits}, of any selector; each of the lists is one way. */
export function selectorEdits(labelled: Labelled, selector: Selector, wanted: boolean): Edit[][] {
  return alternatives(selector, wanted).flatMap((one) => {
    const changes = relabelling(one, labelled.labels, wanted);
    const edits = changes && changes.size > 0 && editsOf(labelled, changes);
    return edits ? [edits] : [];
  });
}

/** Parts of which any one will do, each to be tried by itself. */
function alternatives(selector: Selector, wanted: boolean): readonly Selector[] {
  const isChoice = selector.op === (wanted ? "or" : "and");
  if (!isChoice) return [selector];
  return selector.terms.flatMap((term) => alternatives(term, wanted));
}

function labelled(vicinities: Vicinities, own: AnyResource, labels: Labels): Labelled {
  const name = labels.get(NAMESPACE_LABEL);
  const account = labels.get(SERVICE_ACCOUNT_LABEL);
  const within = name === undefined ? undefined : vicinities.object("Namespace", "", name);
  const by = account && name && vicinities.object("ServiceAccount", name, account);
  return { labels, own, ...(within && { namespace: within }), ...(by && { account: by }) };
}

/** Undefined where a label says what something is: nobody can set it. */
function editsOf(labelled: Labelled, changes: Relabelling): Edit[] | undefined {
  const byOwner = new Map<AnyResource, Map<string, string | undefined>>();
  for (const [label, value] of changes) {
    const isIdentity = [ORCHESTRATOR_LABEL, SERVICE_ACCOUNT_LABEL].includes(label);
    if (isIdentity || isNamespaceName(label)) return undefined;
    const [owner, name] = ownerOf(labelled, label);
    if (!owner) return undefined;
    const known = byOwner.get(owner) ?? new Map<string, string | undefined>();
    byOwner.set(owner, known.set(name, value));
  }
  return Array.from(byOwner, ([owner, labels]) => labelEdit(owner, labels, owner === labelled.own));
}

/** Who gives a label, and what it is called there. */
function ownerOf(
  { own, namespace, account }: Labelled,
  label: string,
): readonly [AnyResource | undefined, string] {
  const after = (prefix: string) => label.slice(prefix.length);
  if (label.startsWith(NAMESPACE_PREFIX)) return [namespace, after(NAMESPACE_PREFIX)];
  if (label.startsWith(SERVICE_ACCOUNT_PREFIX)) return [account, after(SERVICE_ACCOUNT_PREFIX)];
  return [own, label];
}

/** What many share counts double. */
function labelEdit(before: AnyResource, labels: Relabelling, isOwn: boolean): Edit {
  const after = withLabels(before, labels);
  const who = objectWords(before);
  const set = [...labels].flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  );
  const gone = [...labels].flatMap(([name, value]) => (value === undefined ? [name] : []));
  const words = [
    ...(set.length > 0 ? [`label ${who} ${set.join(" ")}`] : []),
    ...(gone.length > 0 ? [`take the label ${gone.join(" and ")} from ${who}`] : []),
  ].join(" and ");
  const size = labels.size * (isOwn ? 1 : 2);
  const object = objectName(before);
  return { sort: "label", words, object, path: "metadata.labels", size, change: { before, after } };
}

/** Kubernetes' label selectors as query parameters write them: `a=b,c!=d,e in (x,y),f,!g`. */

import { badRequest } from "./status.ts";

/** Whether labels are selected. */
export type LabelMatch = (labels: Readonly<Record<string, string>> | undefined) => boolean;

const KEY = /^([a-z0-9A-Z]([a-z0-9A-Z.-]*[a-z0-9A-Z])?\/)?[a-zA-Z0-9]([\w.-]*[a-zA-Z0-9])?$/;
const VALUE = /^([a-zA-Z0-9]([\w.-]*[a-zA-Z0-9])?)?$/;
/** One requirement, and the comma or the end that follows it. */
const REQUIREMENT =
  /\s*(?:!\s*(?<absent>[^\s!=<>(),]+)|(?<key>[^\s!=<>(),]+)\s*(?:(?<equality>==|!=|=)\s*(?<value>[^\s!=<>(),]*)|(?<order>[<>])\s*(?<bound>-?\d+)|\s(?<set>in|notin)\s*\((?<values>[^()]*)\))?)\s*(?:,|$)/y;

/** Refuses what is no selector. */
export function parseLabelSelector(text: string): LabelMatch {
  const requirements: LabelMatch[] = [];
  REQUIREMENT.lastIndex = 0;
  while (REQUIREMENT.lastIndex < text.trimEnd().length) {
    const groups = REQUIREMENT.exec(text)?.groups;
    if (!groups) throw badRequest(`unable to parse requirement in label selector "${text}"`);
    requirements.push(requirement(groups, text));
  }
  return (labels) => requirements.every((matches) => matches(labels));
}

function requirement(groups: Readonly<Record<string, string>>, text: string): LabelMatch {
  const { absent, key = absent ?? "", equality, value = "", order, bound, set, values } = groups;
  if (!KEY.test(key)) throw badRequest(`invalid label key "${key}" in label selector "${text}"`);
  const read = (labels: Parameters<LabelMatch>[0]): string | undefined =>
    labels && Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (absent !== undefined) return (labels) => read(labels) === undefined;
  if (order !== undefined) {
    const limit = Number(bound);
    return (labels) => {
      const number = /^-?\d+$/.test(read(labels) ?? "") ? Number(read(labels)) : Number.NaN;
      return order === "<" ? number < limit : number > limit;
    };
  }
  if (equality === undefined && set === undefined) return (labels) => read(labels) !== undefined;
  const wanted = new Set(equality ? [value] : (values ?? "").split(",").map((v) => v.trim()));
  for (const each of wanted) {
    if (!VALUE.test(each)) throw badRequest(`invalid label value "${each}" in "${text}"`);
  }
  const inside = (labels: Parameters<LabelMatch>[0]): boolean => {
    const found = read(labels);
    return found !== undefined && wanted.has(found);
  };
  return equality === "!=" || set === "notin" ? (labels) => !inside(labels) : inside;
}

/** The maps of a generation: what they are declared as, and their elements as nft writes them. */
import type { MapRole, NftMap } from "../nft/ruleset.ts";
import type { ClassMemory, StageRows } from "./allocation.ts";
import type { Chains } from "./chains.ts";
import { formatRegister, stageKey } from "./register.ts";
import { dependsOnSource, elementsOf, type RowMap, sourceElementsOf } from "./row.ts";
import { formatSegment } from "./segments.ts";
import type { StageTable } from "./stage-table.ts";

/** A map as it is to be; its size is found when all its elements are known. */
export interface PlannedMap {
  readonly stem: string;
  readonly object: NftMap["object"];
  readonly type: string;
  readonly role: MapRole;
  /** Interval maps have no size: there the kernel finds room by itself. */
  readonly interval?: true;
  readonly elements: ReadonlyMap<string, string>;
}

/** Where an address's own class is, and where that of the networks around it. */
export function classMaps({ hosts, segments }: ClassMemory): PlannedMap[] {
  const cls4 = new Map<string, string>();
  const cls6 = new Map<string, string>();
  for (const [text, classId] of hosts) {
    (text.includes(":") ? cls6 : cls4).set(text, formatRegister(classId));
  }
  // A lookup that fails must assign, too: else what was there before would be taken for a class.
  cls4.set("*", "none");
  cls6.set("*", "none");
  const nets = (family: 4 | 6, ethertype: string, outside: number): ReadonlyMap<string, string> =>
    new Map([
      ...segments[family].map(
        (segment) =>
          [`${ethertype} . ${formatSegment(segment)}`, formatRegister(segment.classId)] as const,
      ),
      ["*", formatRegister(outside)],
    ]);
  const role = "address";
  const object = "map";
  return [
    { stem: "cls4", object, type: "type ipv4_addr : classid", role, elements: cls4 },
    { stem: "cls6", object, type: "type ipv6_addr : classid", role, elements: cls6 },
    {
      stem: "net4",
      object,
      type: "typeof meta protocol . ip saddr : meta priority",
      role,
      interval: true,
      elements: nets(4, "0x0800", 1),
    },
    {
      stem: "net6",
      object,
      type: "typeof meta protocol . ip6 saddr : meta priority",
      role,
      interval: true,
      elements: nets(6, "0x86dd", 2),
    },
  ];
}

export function pointerMap(rows: StageRows): PlannedMap {
  const elements = new Map<string, string>();
  for (const [stage, { usual }] of rows) {
    elements.set(formatRegister(stageKey(stage, 0)), formatRegister(usual));
  }
  for (const [key, value] of pointerElements(rows)) elements.set(key, value);
  return { stem: "rows", object: "map", type: "type classid : classid", role: "pointer", elements };
}

/** The pointers of single classes. */
export function pointerElements(rows: StageRows): Map<string, string> {
  const elements = new Map<string, string>();
  for (const [stage, { byClass }] of rows) {
    for (const [classId, row] of byClass) {
      elements.set(formatRegister(stageKey(stage, classId)), formatRegister(row));
    }
  }
  return elements;
}

const BLOCK = (offset: 0 | 16) =>
  `typeof meta priority . meta l4proto . @th,${offset},8 : meta priority`;
const PORT = "type classid . inet_proto . inet_service : classid";

const ROW_MAPS: Readonly<Record<RowMap, string>> = {
  v: PORT,
  v16: PORT,
  v256: BLOCK(16),
  vi: "typeof meta priority . meta l4proto . th sport : meta priority",
  vit: BLOCK(0),
  vp: "type classid . inet_proto : classid",
  vd: "type classid : classid",
  vs: PORT,
  vs16: PORT,
  vs256: BLOCK(0),
  vsd: "type classid : classid",
};

export function rowMaps(stages: StageTable): PlannedMap[] {
  const elements = new Map<string, Map<string, string>>();
  for (const stem of Object.keys(ROW_MAPS)) elements.set(stem, new Map());
  // Rows that only other rows lead to are added on the way, and come up in their turn.
  for (const { row, id } of stages.rows) {
    const found = dependsOnSource(row)
      ? sourceElementsOf(row, id, (led) => stages.idOf(led))
      : elementsOf(row, id);
    for (const [map, key, value] of found) elements.get(map)?.set(key, formatRegister(value));
  }
  return Object.entries(ROW_MAPS).map(([stem, type]) => ({
    stem,
    object: "map",
    type,
    role: "definition",
    elements: elements.get(stem) ?? new Map(),
  }));
}

const LEAST_SIZE = 1024;

/** The maps under their names, in the sizes that they had or in ones with room to grow. */
export function layOut(
  planned: readonly PlannedMap[],
  chains: Chains,
  before: ReadonlyMap<string, number>,
): {
  readonly maps: ReadonlyMap<string, NftMap>;
  /** By stem. */
  readonly sizes: ReadonlyMap<string, number>;
  /** One of them may become too small while elements are being replaced. */
  readonly crowded: boolean;
} {
  const maps = new Map<string, NftMap>();
  const sizes = new Map<string, number>();
  let crowded = false;
  for (const { stem, object, type, role, interval, elements } of planned) {
    const size = before.get(stem) ?? sizeFor(elements.size);
    const declaration = interval ? `${type}; flags interval;` : `${type}; size ${size};`;
    maps.set(chains.name(stem), { object, declaration, role, elements });
    sizes.set(stem, size);
    if (!interval && elements.size > (size / 4) * 3) crowded = true;
  }
  return { maps, sizes, crowded };
}

/** Room for twice as many elements as there are, at least. */
function sizeFor(count: number): number {
  let size = LEAST_SIZE;
  while (size < 2 * count) size *= 2;
  return size;
}

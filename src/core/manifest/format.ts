import { dump } from "js-yaml";
import { parseManifest } from "./parse.ts";

/** YAML that reads back as `value`: where plain text could be taken for a number, in quotes. */
export function formatYaml(value: unknown): string {
  const plain = dump(value, { lineWidth: -1, noRefs: true });
  const [read] = parseManifest(plain, "").documents;
  if (JSON.stringify(read?.value ?? null) === JSON.stringify(value)) return plain;
  return dump(value, { lineWidth: -1, noRefs: true, forceQuotes: true });
}

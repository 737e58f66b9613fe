/** Settings of hosts that policy depends on elsewhere, and of which Picket has one way only. */
import type { FelixConfigurationSpec } from "../resources/felix-configuration-spec.ts";
import type { Report } from "./problems.ts";

interface Fixed {
  /** The values that say what happens anyway, in lower case. */
  readonly values: readonly string[];
  /** What happens. */
  readonly always: string;
}

const ACCEPTED: Fixed = { values: ["accept"], always: "what policy allows is accepted" };
const DROPPED: Fixed = { values: ["drop"], always: "what policy denies is dropped" };

const FIXED: { readonly [Field in keyof FelixConfigurationSpec]?: Fixed } = {
  iptablesFilterAllowAction: ACCEPTED,
  iptablesMangleAllowAction: ACCEPTED,
  nftablesFilterAllowAction: ACCEPTED,
  nftablesMangleAllowAction: ACCEPTED,
  iptablesFilterDenyAction: DROPPED,
  nftablesFilterDenyAction: DROPPED,
  workloadSourceSpoofing: {
    values: ["disabled"],
    always: "no workload may send from other addresses than its own",
  },
  interfacePrefix: { values: ["cali"], always: "interfaces of workloads begin with cali" },
  serviceLoopPrevention: {
    values: ["disabled"],
    always: "packets to service addresses in no use are left to the host",
  },
  logPrefix: { values: [], always: "a log line begins with the policy's name" },
  logActionRateLimit: { values: [], always: "every match of a Log rule is logged" },
  kubeNodePortRanges: { values: ["30000:32767"], always: "no port is known as a service's" },
  ipv6Support: { values: ["true"], always: "policy governs IPv6 too" },
  nftablesMode: { values: ["auto", "enabled"], always: "policy is enforced by nftables" },
};

/** Reports each setting that asks for something else than what happens. "" asks for nothing. */
export function reportFixedSettings(spec: FelixConfigurationSpec, report: Report): void {
  for (const [field, { values, always }] of Object.entries(FIXED)) {
    const written = spec[field as keyof FelixConfigurationSpec];
    if (written === undefined || written === "") continue;
    if (values.includes(String(written).toLowerCase())) continue;
    report(`spec.${field}`, `${JSON.stringify(written)} is not in force: ${always}`);
  }
}

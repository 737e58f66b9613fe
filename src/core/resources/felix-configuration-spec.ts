/** Every setting of FelixConfiguration, by what it is about. */
import { parseAddress } from "../net/address.ts";
import { type Infer, object, validated } from "../schema/schema.ts";
import { bpfSettings } from "./felix-configuration-bpf.ts";
import { daemonSettings } from "./felix-configuration-daemon.ts";
import { dataplaneSettings } from "./felix-configuration-dataplane.ts";
import { networkSettings } from "./felix-configuration-network.ts";
import { policySettings } from "./felix-configuration-policy.ts";

const fields = object(
  {
    ...policySettings,
    ...dataplaneSettings,
    ...networkSettings,
    ...daemonSettings,
    ...bpfSettings,
  },
  { description: "The settings; each has a default where it is absent." },
);

export type FelixConfigurationSpec = Infer<typeof fields>;
type AddressField =
  | "natOutgoingAddress"
  | "deviceRouteSourceAddress"
  | "deviceRouteSourceAddressIPv6";

const addressOf = (field: AddressField, family: 4 | 6) => ({
  rule: `!has(self.${field}) || size(self.${field}) == 0 || (isIP(self.${field}) && ip(self.${field}).family() == ${family})`,
  message: `must be an IPv${family} address`,
  field,
  holds: ({ [field]: text }: FelixConfigurationSpec) =>
    !text || (parseAddress(text)?.family === family && text.includes(":") === (family === 6)),
});

export const felixConfigurationSpec = validated(
  fields,
  {
    rule: "!has(self.routeTableRange) || !has(self.routeTableRanges)",
    message: "routeTableRange and routeTableRanges cannot both be set",
    field: "routeTableRange",
    reason: "FieldValueForbidden",
    holds: ({ routeTableRange, routeTableRanges }) => !routeTableRange || !routeTableRanges,
  },
  addressOf("natOutgoingAddress", 4),
  addressOf("deviceRouteSourceAddress", 4),
  addressOf("deviceRouteSourceAddressIPv6", 6),
);

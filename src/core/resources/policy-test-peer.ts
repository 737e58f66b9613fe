/** Whom an assertion of a PolicyTest is about, on either side of a connection. */
import {
  type Infer,
  list,
  object,
  optional,
  string,
  type Validation,
  validated,
} from "../schema/schema.ts";
import { labelSelector } from "./label-selector.ts";
import { selectorText } from "./selector-text.ts";

const name = (description: string) => string({ minLength: 1, maxLength: 507, description });

const fields = {
  pod: optional(
    name("A pod or VM by name: `web` of the test's own namespace, `shop/web` of another."),
  ),
  podSelector: optional({
    ...labelSelector,
    description:
      "Pods by their labels, of the test's own namespace unless `namespaceSelector` says where.",
  }),
  selector: optional(
    selectorText(
      "Pods and VMs by their labels, in Picket's selector language; of the test's own namespace " +
        "unless `namespaceSelector` says where.",
    ),
  ),
  namespaceSelector: optional({
    ...labelSelector,
    description:
      "Namespaces by their labels; with no other selector beside it, all their pods and VMs.",
  }),
  host: optional(name("A node or a host endpoint by name: every address of its own.")),
  ip: optional(string({ maxLength: 64, description: "One address." })),
  ipBlock: optional(
    object(
      {
        cidr: string({ maxLength: 64, description: "A network: every address in it." }),
        except: optional(
          list(string({ maxLength: 64 }), {
            maxItems: 64,
            description: "Parts of `cidr` that are left out.",
          }),
        ),
      },
      { description: "A network's addresses, those of pods and hosts among them." },
    ),
  ),
} as const;

const SOURCES = ["pod", "podSelector", "selector", "host", "ip", "ipBlock"];
const DESTINATIONS = [...SOURCES, "service"];

/** Exactly one of `choices`, of which selectors may have a namespaceSelector beside or instead. */
function oneOfThese(choices: readonly string[]): Validation<object> {
  const terms = [
    ...choices.map((field) => `has(self.${field})`),
    "has(self.namespaceSelector) && !has(self.podSelector) && !has(self.selector)",
  ];
  return {
    rule: `[${terms.join(", ")}].filter(term, term).size() == 1`,
    message:
      `must be exactly one of ${choices.join(", ")}; a namespaceSelector goes alone or with a ` +
      "podSelector or selector",
    holds: (peer) => {
      const has = (field: string): boolean => Object.hasOwn(peer, field);
      const byNamespace = has("namespaceSelector") && !has("podSelector") && !has("selector");
      return choices.filter(has).length + (byNamespace ? 1 : 0) === 1;
    },
  };
}

/** Who sends. */
export const source = validated(object(fields), oneOfThese(SOURCES));

/** Who receives. */
export const destination = validated(
  object({
    ...fields,
    service: optional(
      name(
        "A service by name, `shop/web` in another namespace: its backends, reached by its own " +
          "address.",
      ),
    ),
  }),
  oneOfThese(DESTINATIONS),
);

/** A peer of either side: only one that receives can be a service. */
export type PolicyTestPeer = Infer<typeof destination>;

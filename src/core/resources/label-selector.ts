/**
 * Kubernetes' own selector: labels that must be there, and expressions over them. A null value is
 * an empty one, as Kubernetes reads it; to drop it would select more.
 */
import { type Infer, list, map, object, oneOf, optional, string } from "../schema/schema.ts";

export const labelSelector = object(
  {
    matchLabels: optional(
      map(string({ default: "" }), {
        description: "Labels and the value that each must have.",
      }),
    ),
    matchExpressions: optional(
      list(
        object({
          key: string({ description: "The label's name." }),
          operator: oneOf(["In", "NotIn", "Exists", "DoesNotExist"], {
            description: "How the label's value relates to `values`.",
          }),
          values: optional(
            list(string(), {
              description: "At least one for In and NotIn, none for Exists and DoesNotExist.",
            }),
          ),
        }),
        { description: "Requirements; every one must hold." },
      ),
    ),
  },
  { description: "Selects by labels; the empty selector selects everything." },
);

export type LabelSelector = Infer<typeof labelSelector>;

/** Labels, and who has which of their values. */
import { valueIn } from "./label-rows.ts";
import { type Carrier, type Label, Listing, type Row, type Value } from "./labelled.ts";
import { enroll, strike } from "./roll.ts";
import { withOne, withoutOne } from "./some.ts";

/** So many values of a label are listed before a selector demands it. */
const LISTED = 1000;

/** A label that nobody has yet; `number` is like no other. */
export function newLabel<T>(name: string, number: number): Label<T> {
  return {
    name,
    number,
    values: new Map(),
    isDemanded: false,
    carriers: 0,
    watches: undefined,
    watchedValues: 0,
    floating: undefined,
  };
}

/** Reports whether nobody has the label nor asks for it. */
export function isForgettable<T>({
  carriers,
  watches,
  watchedValues,
  floating,
}: Label<T>): boolean {
  return carriers === 0 && !watches && watchedValues === 0 && !floating;
}

/** Lists a carrier that comes to have the value. Returns the text that equal values share. */
export function carry<T>(label: Label<T>, value: string, carrier: Carrier<T>): string {
  label.carriers++;
  const { values } = label;
  if (!values) return value;
  const known = values.get(value);
  if (known) return enlist(listingAt(values, label, value, known), carrier);
  if (values.size < LISTED || label.isDemanded) values.set(value, carrier);
  else label.values = undefined;
  return value;
}

/** The carrier's row no longer has the value. */
export function leave<T>(label: Label<T>, value: string, carrier: Carrier<T>): void {
  label.carriers--;
  const known = label.values?.get(value);
  if (known === carrier) label.values?.delete(value);
  if (!(known instanceof Listing)) return;
  if ("lineages" in carrier) known.profiles = withoutOne(known.profiles, carrier);
  else strike(known, (item) => valueIn(item, label) === value);
  forgetListing(known);
}

/** The values of a label that a selector demands, all listed from now on. */
export function demand<T>(
  label: Label<T>,
  everyone: () => Iterable<Carrier<T>>,
): Map<string, Value<T>> {
  label.isDemanded = true;
  if (label.values) return label.values;
  const values = new Map<string, Value<T>>();
  for (const carrier of everyone()) {
    const value = valueIn(carrier, label);
    if (value === undefined) continue;
    const known = values.get(value);
    if (known) enlist(listingAt(values, label, value, known), carrier);
    else values.set(value, carrier);
  }
  label.values = values;
  return values;
}

/** The listing of a value, where watches may hang. `known` is what is there now. */
export function listingAt<T>(
  values: Map<string, Value<T>>,
  label: Label<T>,
  value: string,
  known = values.get(value),
): Listing<T> {
  if (known instanceof Listing) return known;
  const listing = new Listing(label, value);
  values.set(value, listing);
  if (known) enlist(listing, known);
  return listing;
}

/** A value that nobody has and nothing hangs at is not listed. */
export function forgetListing<T>({ label, value, size, profiles, watches }: Listing<T>): void {
  if (size === 0 && !profiles && !watches) label.values?.delete(value);
}

/** A carrier's value of a label, as it is listed. */
export function textOf<T>(value: Value<T>, label: Label<T>): string | undefined {
  return value instanceof Listing ? value.value : valueIn(value, label);
}

function enlist<T>(listing: Listing<T>, carrier: Carrier<T>): string {
  if ("lineages" in carrier) listing.profiles = withOne(listing.profiles, carrier);
  else enroll(listing, carrier);
  return listing.value;
}

/** What a row has that another has not. */
export function* lost<T>(before: Row<T>, after: Row<T>): Generator<readonly [Label<T>, string]> {
  const { labels, values } = before;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    const value = values[i] ?? "";
    if (label && valueIn(after, label) !== value) yield [label, value];
  }
}

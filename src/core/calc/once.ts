/** The value at `key`, made and kept the first time it is asked for. */
export function once<K, V>(made: Kept<K, V>, key: K, make: (key: K) => V): V {
  const known = made.get(key);
  if (known !== undefined) return known;
  const value = make(key);
  made.set(key, value);
  return value;
}

/** What a Map and a WeakMap have in common. */
interface Kept<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): unknown;
}

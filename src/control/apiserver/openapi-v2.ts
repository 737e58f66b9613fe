/**
 * The older OpenAPI document, of which kubectl wants to see only that it is there: before it applies
 * a `List`, and only then, it checks objects against it. Ours describes nothing, so nothing is
 * checked twice; the server judges each item by its own schema as always.
 */

/** The one form in which kubectl takes it. As JSON it would break kubectl. */
export const OPENAPI_V2_TYPE = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

/** `{swagger: "2.0", info: {title: "Picket", version: "v1"}, paths: {}}`, as protobuf. */
export const OPENAPI_V2 = Buffer.concat([
  field(1, Buffer.from("2.0")),
  field(2, Buffer.concat([field(1, Buffer.from("Picket")), field(2, Buffer.from("v1"))])),
  field(8, Buffer.alloc(0)),
]);

/** A field of bytes; both its number and its length are small. */
function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}

import fc from "fast-check";
import { z } from "zod";

/** Values that a schema accepts, or that only its own rules refuse. */
export function fromSchema(schema: z.ZodType): fc.Arbitrary<unknown> {
  return ofJsonSchema(
    z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema,
  );
}

/** The part of JSON Schema that the schemas of runs need. */
interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly propertyNames?: JsonSchema;
  readonly pattern?: string;
}

const texts = fc.oneof(
  fc.constantFrom("a", "b", "", "A", "val/1.png", "000.png", "../x", "\x1b[2J", "0".repeat(64)),
  fc.string({ maxLength: 8 }),
);
const integers = fc.oneof(fc.nat(3), fc.constantFrom(32, 224, 1000, 2 ** 31, 2 ** 53 - 1));
const numbers = fc.oneof(fc.constantFrom(0, 0.5, 1, 255), fc.double({ noNaN: true }));

function ofJsonSchema(schema: JsonSchema): fc.Arbitrary<unknown> {
  const { enum: values, anyOf, oneOf = anyOf, allOf } = schema;
  if ("const" in schema) return fc.constant(schema.const);
  if (values) return fc.constantFrom(...values);
  if (oneOf) return fc.oneof(...oneOf.map(ofJsonSchema));
  if (allOf) {
    return fc.tuple(...allOf.map(ofJsonSchema)).map((parts) => Object.assign({}, ...parts));
  }
  switch (schema.type) {
    case "string":
      return schema.pattern ? fc.stringMatching(new RegExp(schema.pattern)) : texts;
    case "integer":
      return integers;
    case "number":
      return numbers;
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return arrays(schema);
    case "object":
      return objects(schema);
  }
  return fc.jsonValue({ maxDepth: 1 });
}

function arrays({ items, prefixItems, minItems, maxItems = 3 }: JsonSchema): fc.Arbitrary<unknown> {
  if (prefixItems) return fc.tuple(...prefixItems.map(ofJsonSchema));
  const least = Math.min(minItems ?? 0, 3);
  return fc.array(ofJsonSchema(items ?? {}), {
    minLength: least,
    maxLength: Math.max(least, Math.min(3, maxItems)),
  });
}

function objects(
  { properties, required = [], additionalProperties, propertyNames }: JsonSchema,
): fc.Arbitrary<unknown> {
  const others = typeof additionalProperties === "object" ? additionalProperties : {};
  if (!properties) {
    const names = propertyNames ? ofJsonSchema(propertyNames).map(String) : texts;
    return fc.dictionary(names, ofJsonSchema(others), { maxKeys: 3 });
  }
  return fc.record(
    Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [name, ofJsonSchema(property)]),
    ),
    { requiredKeys: [...required] },
  );
}

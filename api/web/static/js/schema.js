// JSON Schema 2020-12, as much of it as the schemas of the kinds use (ledger/core/schema.py). A keyword that is not
// known here is an error of ours: nothing is accepted because nobody looked.

const ANNOTATIONS = new Set(["$schema", "$id", "title", "description"]);

// What is wrong with the value: [{place, keyword, expected}], `place` a JSON pointer; empty when it fits.
export function check(schema, value, place = "") {
  return Object.entries(schema).flatMap(([keyword, expected]) => {
    if (ANNOTATIONS.has(keyword)) return [];
    const known = KEYWORDS[keyword];
    if (!known) throw new Error(`the schema has a keyword ${keyword}`);
    return known(expected, value, place, schema) ?? [];
  });
}

export const fitsSchema = (schema, value) => check(schema, value).length === 0;

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const step = (place, name) => `${place}/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`;
const patterns = new Map();

function matches(pattern, text) {
  if (!patterns.has(pattern)) patterns.set(pattern, new RegExp(pattern, "u"));
  return patterns.get(pattern).test(text);
}

const TYPES = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === "string",
  integer: Number.isInteger,
  boolean: (value) => typeof value === "boolean",
};

const plain = (holds) => (expected, value, place) => (holds(expected, value) ? [] : [{ place, expected }]);
// A keyword that says something of values of one type only.
const of = (type, holds) => plain((expected, value) => !TYPES[type](value) || holds(expected, value));
const length = (text) => [...text].length;

const KEYWORDS = {
  type: plain((expected, value) => TYPES[expected](value)),
  const: plain(same),
  enum: plain((expected, value) => expected.some((one) => same(one, value))),
  pattern: of("string", (expected, value) => matches(expected, value)),
  minLength: of("string", (expected, value) => length(value) >= expected),
  maxLength: of("string", (expected, value) => length(value) <= expected),
  minimum: of("integer", (expected, value) => value >= expected),
  maximum: of("integer", (expected, value) => value <= expected),
  minItems: of("array", (expected, value) => value.length >= expected),
  maxItems: of("array", (expected, value) => value.length <= expected),
  uniqueItems: of("array", (expected, value) => !expected || new Set(value.map((one) => JSON.stringify(one))).size === value.length),
  minProperties: of("object", (expected, value) => Object.keys(value).length >= expected),
  items: (expected, value, place) =>
    Array.isArray(value) ? value.flatMap((item, at) => check(expected, item, step(place, at))) : [],
  properties: (expected, value, place) =>
    isObject(value)
      ? Object.entries(expected).flatMap(([name, inner]) => (Object.hasOwn(value, name) ? check(inner, value[name], step(place, name)) : []))
      : [],
  required: (expected, value, place) =>
    isObject(value) ? expected.filter((name) => !Object.hasOwn(value, name)).map((name) => ({ place: step(place, name) })) : [],
  additionalProperties: (_, value, place, schema) =>
    isObject(value)
      ? Object.keys(value)
          .filter((name) => !Object.hasOwn(schema.properties ?? {}, name))
          .map((name) => ({ place: step(place, name) }))
      : [],
  dependentRequired: (expected, value, place) =>
    isObject(value)
      ? Object.entries(expected).flatMap(([name, needed]) => (Object.hasOwn(value, name) ? KEYWORDS.required(needed, value, place) : []))
      : [],
  contains: (expected, value, place, schema) => {
    if (!Array.isArray(value)) return [];
    const found = value.filter((item) => fitsSchema(expected, item)).length;
    return found >= (schema.minContains ?? 1) && found <= (schema.maxContains ?? Infinity) ? [] : [{ place, expected }];
  },
  minContains: () => [],
  maxContains: () => [],
  allOf: (expected, value, place) => expected.flatMap((inner) => check(inner, value, place)),
  // Of several forms the one that comes nearest says what is wrong.
  anyOf: (expected, value, place) => nearest(expected.map((inner) => check(inner, value, place)), place),
  oneOf: plain((expected, value) => expected.filter((inner) => fitsSchema(inner, value)).length === 1),
  not: plain((expected, value) => !fitsSchema(expected, value)),
  if: (expected, value, place, schema) => check((fitsSchema(expected, value) ? schema.then : schema.else) ?? {}, value, place),
  then: () => [],
  else: () => [],
};

// Each failure carries the keyword that failed.
for (const [keyword, known] of Object.entries(KEYWORDS)) {
  KEYWORDS[keyword] = (...given) => known(...given).map((one) => ({ keyword, ...one }));
}

function nearest(found, place) {
  if (found.some((one) => one.length === 0)) return [];
  const deeper = found.filter((one) => one.some((each) => each.place !== place));
  return deeper.length === 1 ? deeper[0] : [{ place }];
}

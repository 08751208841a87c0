import * as fc from "fast-check";

/** A value as JSON has it; undefined members are left out. */
export type Json = null | boolean | number | string | undefined | Json[] | { [key: string]: Json };

/** How one value of a request is spoiled. */
export interface Spoiling {
  /** Which of its places, counted round and round. */
  readonly at: number;
  readonly how: "drop" | "retype" | "spoil" | "grow";
  readonly text: string;
  readonly number: number;
  readonly any: Json;
  readonly length: number;
}

const token = (position: unknown) => Buffer.from(JSON.stringify(position)).toString("base64url");

const ARN = "arn:aws:ecs:eu-central-1:123456789012";

const ODD_TEXTS: readonly string[] = [
  "",
  " ",
  "\u0000",
  "\n",
  "%",
  "#",
  "a#b",
  "a/b",
  "a:b",
  "a:b:c",
  "..",
  "*",
  "null",
  "-1",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "prototype",
  "é",
  "日本",
  "😀",
  "\uD800",
  "\uFFFF",
  "a\u0301",
  "\u202Ea",
  "arn:",
  "arn:aws:ecs",
  "arn:aws:ecs:::cluster/",
  `${ARN}:cluster`,
  `${ARN}:cluster/`,
  ...["cluster", "service", "task", "task-definition", "container-instance", "task-set"].flatMap(
    (type) => [`${ARN}:${type}/default`, `${ARN}:${type}/default/web`, `${ARN}:${type}/a/b/c/d/e`],
  ),
  "arn:aws:ecs:us-east-1:123456789012:cluster/default",
  "arn:aws:ecs:eu-central-1:000000000000:cluster/default",
  "arn:aws:s3:::bucket/key",
  ...[[""], ["default"], ["\u0000"], ["\uFFFF"], ["é".repeat(600)], ["x".repeat(1_024)]].map(token),
  ...[[null], [["a"]], {}, "text", [], ["a", "b"], ["x".repeat(70_000)]].map(token),
];

/** Lengths around the limits of names, tags, tokens, texts and keys, and beyond any item. */
const LENGTHS = [36, 37, 64, 65, 128, 129, 255, 256, 257, 1_024, 1_025, 2_049, 8_193, 70_000];

const NUMBERS = [
  -1,
  0,
  1,
  2,
  9,
  10,
  11,
  99,
  100,
  101,
  200,
  201,
  5_000,
  5_001,
  65_535,
  65_536,
  999_999,
  1.5,
  -0.5,
  2_147_483_647,
  -2_147_483_648,
  2_147_483_648,
  2 ** 53,
  1e21,
  1e308,
  -1e308,
];

const aLongText = fc
  .tuple(fc.constantFrom("x", "é", "#"), fc.constantFrom(...LENGTHS))
  .map(([character, length]) => character.repeat(length));

/** Texts that clients send by mistake or in malice. */
const anOddText = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...ODD_TEXTS) },
  { weight: 3, arbitrary: aLongText },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
  { weight: 1, arbitrary: fc.constant("y".repeat(500_000)) },
);

const nested = (levels: number): Json =>
  Array.from({ length: levels }).reduce<Json>((inner) => ({ a: inner }), "deep");

const anyJson = fc.oneof(
  fc.constantFrom<Json>(null, true, false, 0, "", [], {}, [null], [[]], nested(40)),
  fc.jsonValue().map((value) => value as Json),
);

export const aSpoiling: fc.Arbitrary<Spoiling> = fc.record({
  at: fc.nat(),
  how: fc.constantFrom("spoil", "spoil", "spoil", "grow", "retype", "drop"),
  text: anOddText,
  number: fc.constantFrom(...NUMBERS),
  any: anyJson,
  length: fc.constantFrom(0, 0, 2, 2, 5, 6, 10, 11, 20, 51, 101, 1_001, 50_000, 50_000),
});

/** What a request may grow to, in characters: gateways let no larger one through. */
const MAX_GROWN = 2_000_000;

/** The value with one of its places spoiled. */
export function spoiled(value: Json, spoiling: Spoiling): Json {
  const all = placesOf(value);
  const lists = all.filter((path) => Array.isArray(valueAt(value, path)));
  const places = spoiling.how === "grow" && lists.length > 0 ? lists : all;
  const place = places[spoiling.at % places.length] ?? [];
  return replaced(value, place, (old) => spoil(old, spoiling));
}

/** The value with each of its lists and texts, in turn, larger than an item of a table can be. */
export function enlarged(value: Json): readonly Json[] {
  return placesOf(value).flatMap((place) => {
    const old = valueAt(value, place);
    if (Array.isArray(old)) return [replaced(value, place, () => grown(old, 50_000))];
    return typeof old === "string" ? [replaced(value, place, () => "y".repeat(500_000))] : [];
  });
}

type Path = readonly (string | number)[];

function placesOf(value: Json): readonly Path[] {
  if (typeof value !== "object" || value === null) return [[]];
  const inner = Object.entries(value).flatMap(([key, each]) =>
    placesOf(each).map((path) => path.toSpliced(0, 0, Array.isArray(value) ? Number(key) : key)),
  );
  return [[], ...inner];
}

const valueAt = (value: Json, path: Path): Json =>
  path.reduce<Json>((inner, step) => (inner as Record<string | number, Json>)[step], value);

function replaced(value: Json, [step, ...rest]: Path, change: (old: Json) => Json): Json {
  if (step === undefined) return change(value);
  if (Array.isArray(value)) {
    return value.map((each, index) => (index === step ? replaced(each, rest, change) : each));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      key === step ? replaced(each, rest, change) : each,
    ]),
  );
}

function spoil(old: Json, { how, text, number, any, length }: Spoiling): Json {
  if (how === "drop") return undefined;
  if (how === "retype") return any;
  if (Array.isArray(old)) return how === "grow" ? grown(old, length) : [...old, text];
  if (typeof old === "string") return text;
  if (typeof old === "number") return number;
  if (typeof old === "boolean") return !old;
  return withMember(old ?? {}, text.slice(0, 300), any);
}

/** Its own elements again and again, some of them told apart by a number. */
function grown(list: readonly Json[], length: number): Json[] {
  const [first = "a"] = list;
  const fitting = Math.ceil(MAX_GROWN / (JSON.stringify(first)?.length ?? 1));
  return Array.from({ length: Math.min(length, fitting) }, (_, index) =>
    typeof first === "string" && length < 1_000 ? `${first}${index}` : first,
  );
}

/** From entries: a plain assignment would set the prototype instead. */
const withMember = (object: Readonly<Record<string, Json>>, name: string, value: Json): Json =>
  Object.fromEntries([...Object.entries(object), [name, value], ["unheardOf", { a: [1] }]]);

import { expect, test } from "vitest";
import { checkTagCount, mergedTags, validTagKeys, validTags } from "./tags.ts";

test("keeps tags in their order; a missing value is the empty one", () => {
  expect(validTags([{ key: "team", value: "a" }, { key: "émile:1" }])).toEqual([
    { key: "team", value: "a" },
    { key: "émile:1", value: "" },
  ]);
});

test.each([
  {
    tags: Array.from({ length: 51 }, (_, index) => ({ key: `k${index}` })),
    message: "tags can have at most 50 items.",
  },
  { tags: [{ key: "" }], message: "Tag key length must be between 1 and 128." },
  { tags: [{ key: "k".repeat(129) }], message: "Tag key length must be between 1 and 128." },
  {
    tags: [{ key: "k", value: "v".repeat(257) }],
    message: "Tag value length must be at most 256.",
  },
  { tags: [{ key: "AWS:a" }], message: "Tag keys must not begin with aws:." },
  { tags: [{ key: "a*" }], message: "Tag key contains invalid characters: a*" },
  { tags: [{ key: "a", value: "<" }], message: "Tag value contains invalid characters: <" },
  { tags: [{ key: "a" }, { key: "a" }], message: "Tag keys must be unique within a resource." },
])("refuses: $message", ({ tags, message }) => {
  expect(() => validTags(tags)).toThrow(
    expect.objectContaining({ code: "InvalidParameterException", message }),
  );
});

const many = (count: number, prefix = "k") =>
  Array.from({ length: count }, (_, index) => ({ key: `${prefix}${index}`, value: "" }));
const managed = { key: "aws:ecs:clusterName", value: "prod" };

test("further tags win, and the others keep their places", () => {
  const merged = mergedTags(
    [
      { key: "team", value: "a" },
      { key: "stage", value: "test" },
    ],
    [
      { key: "new", value: "" },
      { key: "team", value: "b" },
    ],
  );
  expect(merged).toEqual([
    { key: "team", value: "b" },
    { key: "stage", value: "test" },
    { key: "new", value: "" },
  ]);
});

test.each([
  { there: many(49), given: many(1, "new"), count: 50 },
  { there: many(50), given: many(50), count: 50 },
  { there: [managed, ...many(49)], given: many(1, "new"), count: 51 },
])("fifty tags fit, and those that ECS adds: %#", ({ there, given, count }) => {
  expect(mergedTags(there, given)).toHaveLength(count);
});

test.each([
  { there: many(50), given: many(1, "new") },
  { there: many(1), given: many(50, "new") },
])("more do not: %#", ({ there, given }) => {
  expect(() => mergedTags(there, given)).toThrow(
    expect.objectContaining({ code: "LimitExceededException" }),
  );
});

test("what comes together from several sources may be too much as well", () => {
  expect(checkTagCount([managed, ...many(50)])).toHaveLength(51);
  expect(() => checkTagCount(many(51))).toThrow("A resource can have at most 50 tags.");
});

test("keys may be named twice, and tags of ECS's own not at all", () => {
  expect([...validTagKeys(["a", "b", "a"])]).toEqual(["a", "b"]);
  expect([...validTagKeys(undefined)]).toEqual([]);
  expect(() => validTagKeys(["Aws:x"])).toThrow("Tag keys must not begin with aws:.");
});

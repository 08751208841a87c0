import { expect, test } from "vitest";
import { validTags } from "./tags.ts";

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

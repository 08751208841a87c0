import { expect, test } from "vitest";
import { nextToken, pageRequest } from "./paging.ts";

test("a token leads on from where the page ended", () => {
  const token = nextToken("web/ü");
  expect(pageRequest(token)).toEqual({ limit: 100, startAfter: "web/ü" });
});

test("the last page has no token", () => {
  expect(nextToken(undefined)).toEqual({});
});

test.each([0, -1, 101])("refuses maxResults %i", (maxResults) => {
  expect(() => pageRequest({ maxResults })).toThrow("maxResults must be between 1 and 100.");
});

/** Longer than any key of a list: DynamoDB would refuse a range that begins there. */
const tooLong = nextToken("é".repeat(400)).nextToken ?? "";

test.each(["", "web", "W10", "WyJhIl0=", "WyJh Il0", "eyJhIjoxfQ", tooLong])(
  "refuses the token %j",
  (token) => {
    expect(() => pageRequest({ nextToken: token })).toThrow(
      expect.objectContaining({ code: "InvalidParameterException", message: "Invalid nextToken." }),
    );
  },
);

test("takes a token of the longest names that there are", () => {
  const token = nextToken("x".repeat(255 + 1 + 255));
  expect(pageRequest(token).startAfter).toHaveLength(511);
});

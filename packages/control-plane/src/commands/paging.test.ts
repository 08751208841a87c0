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

test.each(["", "web", "W10", "WyJhIl0=", "WyJh Il0", "eyJhIjoxfQ"])(
  "refuses the token %j",
  (token) => {
    expect(() => pageRequest({ nextToken: token })).toThrow(
      expect.objectContaining({ code: "InvalidParameterException", message: "Invalid nextToken." }),
    );
  },
);

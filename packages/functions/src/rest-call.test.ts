import { ROOT, WholeApi, bodyOf } from "@berth/testing/whole-api";
import { beforeEach, describe, expect, test } from "vitest";

let api: WholeApi;
beforeEach(async () => {
  api = await WholeApi.start();
});

const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

const post = async (path: string, body: string) =>
  api.handler(await api.signed(ROOT, "POST", path, body));

describe("a body that is nested too deeply to be printed again", () => {
  test.each([
    ["/v1/plans", (deep: string) => `{"change":{"runTask":{"more":${deep}}}}`],
    [
      "/v1/access-keys",
      (deep: string) =>
        `{"kind":"policy","principal":"ci","policy":{"Id":${deep},"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}}`,
    ],
  ])("is refused by POST %s", async (path, bodyWith) => {
    const answer = await post(path, bodyWith(nested(100_000)));
    expect(bodyOf(answer)).toMatchObject({
      title: "InvalidParameterException",
      detail: "The body is nested too deeply.",
    });
    expect(api.logged).toEqual([]);
  });

  test("has more levels than 64", async () => {
    const detailOf = async (levels: number) =>
      bodyOf(await post("/v1/plans", nested(levels)))["detail"];
    expect(await detailOf(65)).toBe("The body is nested too deeply.");
    expect(await detailOf(64)).toContain("Invalid input");
  });
});

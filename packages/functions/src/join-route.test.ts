import { beforeEach, describe, expect, it } from "vitest";
import { anHttpEvent } from "@berth/testing/http-event";
import { bodyOf, WholeApi } from "@berth/testing/whole-api";

let api: WholeApi;
beforeEach(async () => {
  api = await WholeApi.start();
});

describe("POST /v1/join", () => {
  const join = (body: unknown) =>
    api.handler(anHttpEvent("POST", "/v1/join", JSON.stringify(body)));

  it("needs no signature, and says where it is not set up", async () => {
    const answer = await join({ url: "https://sts.test/" });
    expect(answer.statusCode).toBe(400);
    expect(bodyOf(answer)).toMatchObject({
      title: "UnsupportedFeatureException",
      detail: expect.stringContaining("BERTH_INSTANCE_ROLES") as string,
    });
  });

  it.each([[{}], [{ url: 7 }], [{ url: "https://sts.test/", more: 1 }], [[]], ["url"]])(
    "refuses %j",
    async (body) => {
      expect(bodyOf(await join(body))).toMatchObject({ title: "InvalidParameterException" });
    },
  );

  it.each(["/v1/x/../join", "/v1/./join", "/v1/x/%2e%2e/join", "/v1/jo\tin", "/v1/join/"])(
    "is under no other path, which would have another throttle: %j",
    async (path) => {
      const body = JSON.stringify({ url: "https://sts.test/" });
      const answer = await api.handler(anHttpEvent("POST", path, body));
      expect(answer.statusCode).toBe(404);
    },
  );

  it("reads no long bodies", async () => {
    const answer = await join({ url: "x".repeat(20_000) });
    expect(answer.statusCode).toBe(413);
  });
});

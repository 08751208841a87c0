import { describe, expect, test } from "vitest";
import { checkNetwork, type GivenNetwork, isSameNetwork } from "./network-configuration.ts";

const AWSVPC = { networkMode: "awsvpc" } as const;
const ids = (count: number) => Array.from({ length: count }, (_, index) => `id-${index}`);
type Configuration = NonNullable<GivenNetwork["awsvpcConfiguration"]>;
const awsvpc = (members: Partial<Configuration>): GivenNetwork => ({
  awsvpcConfiguration: { subnets: ["subnet-1"], ...members },
});

describe("a network", () => {
  test("has ECS's defaults", () => {
    expect(checkNetwork(AWSVPC, awsvpc({}))).toEqual({
      subnets: ["subnet-1"],
      securityGroups: [],
      assignPublicIp: "DISABLED",
    });
  });

  test("may have as much as ECS allows", () => {
    const whole = { subnets: ids(16), securityGroups: ids(5), assignPublicIp: "DISABLED" } as const;
    expect(checkNetwork(AWSVPC, awsvpc(whole))).toEqual(whole);
  });

  test.each(["bridge", "host", "none", undefined] as const)("is none of mode %s", (networkMode) => {
    const definition = networkMode ? { networkMode } : {};
    expect(checkNetwork(definition, undefined)).toBeUndefined();
    for (const given of [awsvpc({}), {}]) {
      expect(() => checkNetwork(definition, given)).toThrow(
        "Network Configuration is not valid for the given networkMode of this task definition.",
      );
    }
  });

  test.each<[string, GivenNetwork | undefined, string]>([
    ["nothing", undefined, "Network Configuration must be provided when networkMode 'awsvpc'"],
    ["an empty one", {}, "Network Configuration must be provided when networkMode 'awsvpc'"],
    ["no subnets", awsvpc({ subnets: [] }), "subnets can not be empty."],
    ["too many subnets", awsvpc({ subnets: ids(17) }), "subnets can have at most 16 items."],
    [
      "too many security groups",
      awsvpc({ securityGroups: ids(6) }),
      "securityGroups can have at most 5 items.",
    ],
    ["a blank subnet", awsvpc({ subnets: [" "] }), "subnets can not contain blank items."],
    [
      "a blank security group",
      awsvpc({ securityGroups: ["sg-1", ""] }),
      "securityGroups can not contain blank items.",
    ],
    [
      "what is no id",
      awsvpc({ subnets: ["s".repeat(256)] }),
      "An item of subnets is longer than 255.",
    ],
    [
      "a public address",
      awsvpc({ assignPublicIp: "ENABLED" }),
      "Assign public IP is not supported for this launch type.",
    ],
  ])("is refused with %s", (_, given, message) => {
    expect(() => checkNetwork(AWSVPC, given)).toThrow(
      expect.objectContaining({
        code: "InvalidParameterException",
        message: expect.stringContaining(message),
      }),
    );
  });
});

const network = (subnets: readonly string[], securityGroups: readonly string[] = []) =>
  ({ subnets, securityGroups, assignPublicIp: "DISABLED" }) as const;

test.each([
  { a: network(["1", "2"]), b: network(["2", "1"]), is: true },
  { a: network(["1"], ["a", "b"]), b: network(["1"], ["b", "a"]), is: true },
  { a: network(["1"]), b: network(["1", "2"]), is: false },
  { a: network(["1"], ["a"]), b: network(["1"]), is: false },
  { a: undefined, b: network(["1"]), is: false },
  { a: undefined, b: undefined, is: true },
])("$a and $b are the same: $is", ({ a, b, is }) => {
  expect(isSameNetwork(a, b)).toBe(is);
});

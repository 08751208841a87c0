import { describe, expect, test } from "vitest";
import { ConfigReader } from "../config-reader.ts";
import { loginFor, readRegistryLogins } from "./registry-logins.ts";

const read = (type: string, data: unknown) =>
  new ConfigReader({ ECS_ENGINE_AUTH_TYPE: type, ECS_ENGINE_AUTH_DATA: JSON.stringify(data) });

describe("registry logins", () => {
  const logins = readRegistryLogins(
    read("docker", {
      "registry.example.com": { username: "a", password: "1" },
      "https://registry.example.com/team/": { username: "b", password: "2" },
      "https://index.docker.io/v1/": { username: "hub", password: "3", email: "x@example.com" },
    }),
  );

  test.each([
    ["registry.example.com/web:1", "a"],
    ["registry.example.com/team/web", "b"],
    ["registry.example.com/teams/web", "a"],
    ["nginx", "hub"],
    ["library/nginx:latest", "hub"],
    ["localhost:5000/web", undefined],
  ])("chooses for %s the longest prefix", (image, username) => {
    expect(loginFor(logins, image)?.username).toBe(username);
  });

  test("decodes the dockercfg form, with a colon in the password", () => {
    const auth = Buffer.from("me:se:cret").toString("base64");
    const decoded = readRegistryLogins(read("dockercfg", { "r.io": { auth } }));
    expect(decoded["r.io"]).toMatchObject({ username: "me", password: "se:cret" });
  });

  test("refuses data that is not a map of logins", () => {
    const reader = read("docker", { "r.io": "me" });
    expect(readRegistryLogins(reader)).toEqual({});
    expect(reader.problems).toEqual(["ECS_ENGINE_AUTH_DATA must be a JSON object of registries"]);
  });
});

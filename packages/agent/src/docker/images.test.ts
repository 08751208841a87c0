import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ImagePullBehavior } from "../config.ts";
import { connectDocker } from "./connection.ts";
import { Images, withTag } from "./images.ts";
import { PulledImages } from "./pulled-images.ts";

/** The engine's image API: what it has, what its registry has, and what it was asked for. */
const engine = {
  local: new Map<string, { readonly digest?: string; readonly known?: readonly string[] }>(),
  registry: new Map<string, { readonly digest: string }>(),
  asked: [] as string[],
  logins: [] as (string | undefined)[],
  /** So many pulls are never answered. */
  silentPulls: 0,
};

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "", "http://engine");
  response.setHeader("content-type", "application/json");
  if (request.method === "POST") answerPull(url, request, response);
  else answerLook(url, response);
});

function answerPull(
  { searchParams }: URL,
  { headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const name = `${searchParams.get("fromImage")}:${searchParams.get("tag")}`;
  engine.asked.push(`pull ${name}`);
  engine.logins.push(headers["x-registry-auth"] as string | undefined);
  if (engine.silentPulls > 0) {
    engine.silentPulls -= 1;
    return;
  }
  const image = engine.registry.get(name);
  if (image) engine.local.set(name, image);
  response.end(image ? '{"status":"done"}\n' : '{"error":"manifest unknown"}\n');
}

function answerLook({ pathname }: URL, response: ServerResponse): void {
  const name = decodeURIComponent(pathname.split("/images/")[1] ?? "").replace(/\/json$/, "");
  engine.asked.push(`look ${name}`);
  const image = engine.local.get(name);
  response.statusCode = image ? 200 : 404;
  const own = image?.digest ? [`${name.split(":")[0]}@${image.digest}`] : null;
  const RepoDigests = image?.known ?? own;
  const Id = `sha256:${name}`;
  response.end(JSON.stringify(image ? { Id, RepoDigests } : { message: "No such image" }));
}

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  engine.local.clear();
  engine.registry.clear();
  engine.asked.length = 0;
  engine.logins.length = 0;
});

const noFile = { readImages: async () => [], saveImages: async () => undefined };

async function imagesWith(behavior: ImagePullBehavior): Promise<Images> {
  const { port } = server.address() as AddressInfo;
  const login = { username: "me", password: "x", serveraddress: "r.io" };
  const settings = { behavior, logins: { "r.io": login }, pullInactivityMs: 20 };
  const pulled = await PulledImages.open(noFile);
  return new Images(connectDocker(`tcp://127.0.0.1:${port}`), settings, pulled);
}

const OLD = { digest: "sha256:old" };
const NEW = { digest: "sha256:new" };

describe.each([
  { behavior: "default", pulls: { missing: true, built: false, pulled: true } },
  { behavior: "always", pulls: { missing: true, built: true, pulled: true } },
  { behavior: "once", pulls: { missing: true, built: true, pulled: true } },
  { behavior: "prefer-cached", pulls: { missing: true, built: false, pulled: false } },
] as const)("with $behavior", ({ behavior, pulls }) => {
  test.each([
    { state: "is missing", local: undefined, digest: undefined, isPulled: pulls.missing },
    { state: "was built here", local: {}, digest: undefined, isPulled: pulls.built },
    { state: "came from a registry", local: OLD, digest: OLD.digest, isPulled: pulls.pulled },
  ])("an image that $state is pulled: $isPulled", async ({ local, digest, isPulled }) => {
    if (local) engine.local.set("web:1", local);
    engine.registry.set("web:1", NEW);
    const image = await (await imagesWith(behavior)).ensure("web:1");
    expect(engine.asked.includes("pull web:1")).toBe(isPulled);
    expect(image.startedAt !== undefined).toBe(isPulled);
    expect(image.digest).toBe(isPulled ? NEW.digest : digest);
  });

  test("says why an image cannot be had", async () => {
    await expect((await imagesWith(behavior)).ensure("web:1")).rejects.toMatchObject({
      reason: "CannotPullContainerError: manifest unknown",
    });
    expect(engine.asked.filter((each) => each.startsWith("pull"))).toHaveLength(1);
  });
});

test.each([
  { known: ["other@sha256:other", "web@sha256:own"], digest: "sha256:own" },
  { known: ["docker.io/library/web@sha256:own"], digest: "sha256:own" },
  { known: ["other@sha256:other"], digest: undefined },
])("of $known the digest is $digest", async ({ known, digest }) => {
  engine.local.set("web:1", { known });
  expect((await (await imagesWith("prefer-cached")).ensure("web:1")).digest).toBe(digest);
});

test("default makes do with the local image where the registry has none", async () => {
  engine.local.set("web:1", OLD);
  expect(await (await imagesWith("default")).ensure("web:1")).toEqual(OLD);
});

test.each(["always", "once"] as const)("%s does not", async (behavior) => {
  engine.local.set("web:1", OLD);
  await expect((await imagesWith(behavior)).ensure("web:1")).rejects.toThrow("manifest unknown");
});

test("once does not pull again what it has pulled", async () => {
  engine.registry.set("web:1", NEW);
  const images = await imagesWith("once");
  await images.ensure("web:1");
  images.forget("web:1");
  await images.ensure("web:1");
  expect(engine.asked.filter((each) => each === "pull web:1")).toHaveLength(1);
});

test("asks once for a crowd of tasks with the same image", async () => {
  engine.local.set("web:1", {});
  const images = await imagesWith("default");
  await Promise.all(Array.from({ length: 20 }, () => images.ensure("web:1")));
  await images.ensure("web:1");
  expect(engine.asked).toEqual(["look web:1"]);
});

test("gives a pull up of which nothing is heard, and tries again", async () => {
  engine.registry.set("web:1", NEW);
  engine.silentPulls = 1;
  expect(await (await imagesWith("always")).ensure("web:1")).toMatchObject(NEW);
  expect(engine.asked.filter((each) => each === "pull web:1")).toHaveLength(2);
});

test("logs in where it has a login for the registry, and only there", async () => {
  engine.registry.set("r.io/web:1", NEW).set("web:1", NEW);
  const images = await imagesWith("always");
  await images.ensure("r.io/web:1");
  await images.ensure("web:1");
  const [login = "", none] = engine.logins;
  expect(JSON.parse(Buffer.from(login, "base64url").toString())).toMatchObject({ username: "me" });
  expect(none).toBeUndefined();
});

test.each([
  ["web", "web:latest"],
  ["r.io:5000/web", "r.io:5000/web:latest"],
  ["web:1", "web:1"],
  ["web@sha256:1", "web@sha256:1"],
])("pulls of %s one tag only: %s", (name, expected) => {
  expect(withTag(name)).toBe(expected);
});

test("a container's own login beats the instance's, and lets in nobody else", async () => {
  engine.registry.set("r.io/web:1", { digest: "sha256:1" });
  const images = await imagesWith("default");
  const login = { username: "task", password: "y", serveraddress: "r.io" };
  await images.ensure("r.io/web:1", login);
  await images.ensure("r.io/web:1", login);
  await images.ensure("r.io/web:1");
  const told = engine.logins.map((text) => JSON.parse(atob(text ?? "")) as { username: string });
  expect(told.map(({ username }) => username)).toEqual(["task", "me"]);
  images.forget("r.io/web:1");
  await images.ensure("r.io/web:1", login);
  expect(engine.logins).toHaveLength(3);
});

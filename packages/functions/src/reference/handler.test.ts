import { gunzipSync } from "node:zlib";
import { anHttpEvent } from "@berth/testing/http-event";
import { expect, test } from "vitest";
import { createReferenceHandler, swaggerUiDirectory } from "./handler.ts";

const handler = createReferenceHandler(swaggerUiDirectory());
const get = (path: string, headers: Record<string, string> = {}) =>
  handler({ ...anHttpEvent("GET", path), headers });

test("every file that the page names is there, and nothing is from elsewhere", async () => {
  const { body = "", headers } = await get("/reference");
  expect(headers?.["content-security-policy"]).toContain("default-src 'none'");
  const named = Array.from(body.matchAll(/(?:src|href)="([^":]+)"/g), ([, path = ""]) => path);
  expect(named).toHaveLength(3);
  for (const path of named) {
    expect(path).toMatch(/^\/reference\//);
    expect((await get(path)).statusCode).toBe(200);
  }
});

test("what is long is zipped for who takes that, the same every time", async () => {
  const path = "/reference/swagger-ui.css";
  const plain = await get(path);
  const zipped = await get(path, { "accept-encoding": "br, gzip" });
  expect(zipped.headers).toMatchObject({ "content-encoding": "gzip", vary: "accept-encoding" });
  const body = gunzipSync(Buffer.from(zipped.body ?? "", "base64")).toString("utf8");
  expect(body).toBe(plain.body);
  expect(await get(path, { "accept-encoding": "gzip" })).toEqual(zipped);
});

test.each([
  "/reference/",
  "/reference/package.json",
  "/reference/../package.json",
  "/reference/constructor",
])("has no %s", async (path) => {
  expect((await get(path)).statusCode).toBe(404);
});

test("takes nothing", async () => {
  expect((await handler(anHttpEvent("POST", "/reference"))).statusCode).toBe(404);
});

import { Validator } from "@seriousme/openapi-schema-validator";
import { commands } from "@berth/control-plane/commands/registry";
import { WholeApi } from "@berth/testing/whole-api";
import { anHttpEvent } from "@berth/testing/http-event";
import { expect, test } from "vitest";
import { OWN_ROUTES } from "./own-routes.ts";
import { openApiDocument } from "./document.ts";

const document = openApiDocument(commands);
const paths = document["paths"] as Readonly<Record<string, Readonly<Record<string, object>>>>;
const routes = Object.entries(paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
);

test("the document is OpenAPI 3.1 by its own schema", async () => {
  expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
});

test("every operation has an id of its own", () => {
  const ids = Object.values(paths).flatMap((methods) =>
    Object.values(methods).map((each) => (each as { operationId: string }).operationId),
  );
  expect(new Set(ids).size).toBe(routes.length);
});

test("everybody can read it, and it tells of all that is routed, and no more", async () => {
  const api = await WholeApi.start();
  const answer = await api.handler(anHttpEvent("GET", "/openapi.json"));
  expect(answer.statusCode).toBe(200);
  expect(JSON.parse(answer.body ?? "")).toEqual(document);
  const routed = api.routes.map((name) => name.replaceAll(/:(\w+)/g, "{$1}"));
  expect(routes.toSorted()).toEqual(routed.toSorted());
  expect(routed).toEqual(expect.arrayContaining(Object.keys(OWN_ROUTES)));
});

test.each([
  ["DescribeClusters", "get", "/v1/clusters/{cluster}", ["cluster", "include"]],
  ["ListServices", "get", "/v1/clusters/{cluster}/services", ["cluster", "cursor", "limit"]],
])("%s is told with its parameters", (_, method, path, names) => {
  const route = paths[path]?.[method] as { parameters: readonly { name: string }[] } | undefined;
  expect(route?.parameters.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
});

import { expect, test } from "vitest";
import { driverEndpoint, driverKey } from "./driver-access.ts";

const root = { accessKeyId: "AKIAROOT", secretAccessKey: "root secret" };

test("the driver's key is the same after every start, another for another root key, and tells nothing of it", () => {
  const key = driverKey(root);
  expect(driverKey(root)).toEqual(key);
  expect(driverKey({ ...root, secretAccessKey: "another" })).not.toEqual(key);
  expect(key.accessKeyId).toMatch(/^AKIA0[0-9A-F]{15}$/);
  expect(key.secretAccessKey).toMatch(/^[\w+/]{43}=$/);
});

test("the driver calls beside the API, on the same port", () => {
  expect(driverEndpoint(4750)).toBe("http://127.0.0.2:4750");
});

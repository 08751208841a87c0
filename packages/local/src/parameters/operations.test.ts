import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TaskSourceServer } from "../testing/task-source-server.ts";

const ARN = "arn:aws:ssm:us-east-1:000000000000:parameter/app/token";

let server: TaskSourceServer;
let client: SSMClient;
beforeEach(async () => {
  server = new TaskSourceServer();
  await server.start();
  client = new SSMClient(server.client());
  await put({ Type: "SecureString" });
});
afterEach(() => {
  client.destroy();
  server.stop();
});

type Put = ConstructorParameters<typeof PutParameterCommand>[0];
const put = (changes: Partial<Put> = {}) =>
  client.send(new PutParameterCommand({ Name: "/app/token", Value: "hunter2", ...changes }));
const get = (Name: string, WithDecryption = true) =>
  client.send(new GetParameterCommand({ Name, WithDecryption }));

test("a parameter is found by name, ARN and version, after a start as well", async () => {
  await server.start();
  client = new SSMClient(server.client());
  for (const name of ["/app/token", ARN, "/app/token:1"]) {
    expect((await get(name)).Parameter).toMatchObject({ ARN, Value: "hunter2", Version: 1 });
  }
});

test("a new value takes the place of the old one where that is said", async () => {
  await expect(put()).rejects.toMatchObject({ name: "ParameterAlreadyExists" });
  expect(await put({ Overwrite: true, Value: "two" })).toMatchObject({ Version: 2 });
  expect((await get(ARN)).Parameter).toMatchObject({ Value: "two", Type: "SecureString" });
  await expect(get("/app/token:1")).rejects.toMatchObject({ name: "ParameterNotFound" });
});

test("what is secure is opened only for who asks for it, and on disk for nobody", async () => {
  expect((await get(ARN, false)).Parameter?.Value).not.toContain("hunter2");
  await put({ Name: "plain", Type: "String" });
  expect((await get("plain", false)).Parameter?.Value).toBe("hunter2");
  expect(readFileSync(join(server.directory, "parameters.json"), "utf8")).not.toContain("hunter2");
});

test("several are got at once, and those that are missing named", async () => {
  const command = new GetParametersCommand({ Names: [ARN, "none"], WithDecryption: true });
  const { Parameters = [], InvalidParameters } = await client.send(command);
  expect(Parameters.map(({ Name }) => Name)).toEqual(["/app/token"]);
  expect(InvalidParameters).toEqual(["none"]);
});

test("a key may read the parameters that its policy names", async () => {
  server.guestMay = { Action: "ssm:GetParameters", Resource: ARN };
  const guest = new SSMClient(server.client("guest"));
  const read = (...Names: string[]) => guest.send(new GetParametersCommand({ Names }));
  expect((await read("/app/token")).Parameters).toHaveLength(1);
  await expect(read(ARN, "other")).rejects.toMatchObject({ name: "AccessDeniedException" });
  guest.destroy();
});

test("a deleted parameter is gone; descriptions have no values", async () => {
  const described = await client.send(new DescribeParametersCommand());
  expect(described.Parameters).toMatchObject([{ Name: "/app/token", Type: "SecureString" }]);
  expect(JSON.stringify(described.Parameters)).not.toContain("Value");
  await client.send(new DeleteParameterCommand({ Name: "/app/token" }));
  await expect(get(ARN)).rejects.toMatchObject({ name: "ParameterNotFound" });
});

test.each<[Partial<Put>, RegExp]>([
  [{ Name: "new" }, /parameter type is required/],
  [{ Name: "new", Type: "String", Tier: "Advanced" }, /does not have the member Tier/],
  [{ Name: "new", Type: "String", Value: "x".repeat(4_097) }, /Value '\*\*\*' at 'value'/],
])("refuses %j", async (changes, message) => {
  await expect(put(changes)).rejects.toMatchObject({
    name: "ValidationException",
    message: expect.stringMatching(message) as string,
  });
});

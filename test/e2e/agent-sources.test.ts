import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { RoleCredentials } from "@berth/contracts/agent/messages";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AgentUnderTest, aContainer, aTask } from "./agent-process.ts";
import { eventually } from "./berth.ts";

const executionRoleCredentials: RoleCredentials = {
  credentialsId: "execution-1",
  roleArn: "arn:aws:iam::123456789012:role/execution",
  accessKeyId: "ASIAEXECUTION",
  secretAccessKey: "key-of-the-role",
  sessionToken: "token-of-the-role",
  expiration: "2100-01-01T00:00:00Z",
};

/** In place of S3: it takes every request, and answers none until it is told to. */
const asked: IncomingMessage[] = [];
const waiting: ServerResponse[] = [];
let answers = false;
const answer = (response: ServerResponse) => response.end("TOKEN=value-of-the-file\n");
const storage = createServer((request, response) => {
  asked.push(request);
  if (answers) answer(response);
  else waiting.push(response);
});

let agent: AgentUnderTest;
beforeAll(async () => {
  storage.listen(0, "127.0.0.1");
  await once(storage, "listening");
  const { port } = storage.address() as AddressInfo;
  agent = await AgentUnderTest.start({ AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` });
});
afterAll(async () => {
  await agent?.close();
  storage.closeAllConnections();
  storage.close();
});

test("an agent that is killed while it fetches does so again, once it has the keys again", async () => {
  const value = "arn:aws:s3:::config/web.env";
  const needy = aTask({
    executionRoleCredentials,
    containers: [aContainer({ environmentFiles: [{ type: "s3", value }] })],
  });
  agent.controlPlane.sendTasks(needy);
  await eventually("the file to be asked for", async () => asked.length > 0);
  expect(asked[0]?.url).toMatch(/^\/config\/web\.env/);
  expect(asked[0]?.headers.authorization).toContain("Credential=ASIAEXECUTION/");
  // Who waits for a service that does not answer keeps nobody else waiting.
  const other = aTask();
  agent.controlPlane.sendTasks(other);
  await agent.controlPlane.submitted(other.arn, "RUNNING");

  await agent.signal("SIGKILL");
  answers = true;
  await agent.restart();
  agent.controlPlane.sendTasks(needy);
  const { containers } = await agent.controlPlane.submitted(needy.arn, "RUNNING");
  const container = agent.docker.getContainer(containers[0]?.runtimeId ?? "");
  const { Config } = await container.inspect();
  expect(Config.Env).toContain("TOKEN=value-of-the-file");
  expect(agent.filesText() + agent.log).not.toMatch(/value-of-the-file|(key|token)-of-the-role/);
});

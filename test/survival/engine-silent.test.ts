import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { AgentUnderTest, aContainer, aTask } from "../e2e/agent-process.ts";
import { EngineProxy } from "../e2e/engine-proxy.ts";
import { sayWhatWasSurvived, survives } from "../e2e/survival-log.ts";

let proxy: EngineProxy;
let agent: AgentUnderTest;

beforeEach(async () => {
  proxy = await EngineProxy.start();
  proxy.rule = (call) => (call === "GET /events" ? "silence" : "pass");
  agent = await AgentUnderTest.start({
    DOCKER_HOST: proxy.dockerHost,
    ECS_IMAGE_PULL_INACTIVITY_TIMEOUT: "1s",
  });
});
afterEach(async () => {
  await agent?.close();
  await proxy?.close();
});
afterAll(sayWhatWasSurvived);

test("an end of which the events say nothing is found, and the next ones are heard", async () => {
  const { controlPlane } = agent;
  const [silent, heard] = [aTask(), aTask()];
  controlPlane.sendTasks(silent, heard);
  const idOf = async ({ arn }: { readonly arn: string }) =>
    (await controlPlane.submitted(arn, "RUNNING")).containers[0]?.runtimeId ?? "";
  const [first, second] = [await idOf(silent), await idOf(heard)];
  await survives("an engine whose events have gone silent", async () => {
    proxy.rule = () => "pass";
    await agent.docker.getContainer(first).kill();
    await controlPlane.until(
      "the silent end is found",
      () => controlPlane.submissionsOf(silent.arn).some(({ status }) => status === "STOPPED"),
      180_000,
    );
  });
  await agent.docker.getContainer(second).kill();
  const { containers } = await controlPlane.submitted(heard.arn, "STOPPED");
  expect(containers[0]?.exitCode).toBe(137);
});

test("a registry that answers nobody is told of in the end", async () => {
  const { controlPlane } = agent;
  const silent = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const task = aTask({ containers: [aContainer({ image: `127.0.0.1:${port}/silent:1` })] });
  controlPlane.sendTasks(task);
  const { containers } = await controlPlane.until(
    "it is given up",
    () => controlPlane.submissionsOf(task.arn).find(({ status }) => status === "STOPPED"),
    180_000,
  );
  expect(containers[0]?.reason).toMatch(/^CannotPullContainerError: inactivity time exceeded/);
  silent.close();
});

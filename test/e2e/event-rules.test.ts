import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { DeleteServiceCommand, DescribeTasksCommand, ListTasksCommand } from "@aws-sdk/client-ecs";
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { makeApiDestination } from "@berth/testing/make-api-destination";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Berth, eventually } from "./berth.ts";
import { createService, registerDemo, stable, tasksOf } from "./demo.ts";

let berth: Berth;
let events: EventBridgeClient;
let receiver: Server | undefined;
beforeEach(async () => {
  berth = await Berth.start({ instances: 1 });
  const { region, url: endpoint, ...credentials } = berth.endpoint;
  events = new EventBridgeClient({ region, endpoint, credentials });
});
afterEach(async () => {
  events.destroy();
  receiver?.closeAllConnections();
  receiver?.close();
  await berth.down();
});

interface Told {
  readonly key: string | undefined;
  readonly body: string;
}

/** A webhook that can be down. */
async function startReceiver(told: Told[], isUp: () => boolean): Promise<string> {
  receiver = createServer((request, response) => {
    void text(request).then((body) => {
      if (isUp()) told.push({ key: request.headersDistinct["x-key"]?.[0], body });
      response.writeHead(isUp() ? 204 : 503).end();
    });
  });
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  return `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
}

/** As a user would with the SDK: tells the URL of tasks of `web` that run or have stopped. */
async function makeRule(url: string): Promise<void> {
  const Arn = await makeApiDestination(events, { url });
  await events.send(
    new PutRuleCommand({
      Name: "web-tasks",
      EventPattern: JSON.stringify({
        source: ["berth.ecs"],
        "detail-type": ["ECS Task State Change"],
        detail: {
          group: [{ suffix: ":web" }],
          $or: [
            { lastStatus: ["RUNNING"], desiredStatus: [{ "anything-but": "STOPPED" }] },
            { lastStatus: ["STOPPED"], containers: { exitCode: [{ exists: true }] } },
          ],
        },
      }),
    }),
  );
  await events.send(
    new PutTargetsCommand({
      Rule: "web-tasks",
      Targets: [
        {
          Id: "hook",
          Arn,
          InputTransformer: {
            InputPathsMap: { task: "$.resources[0]", status: "$.detail.lastStatus" },
            InputTemplate: `{"task":<task>,"status":"it is <status>","rule":<aws.events.rule-name>}`,
          },
        },
      ],
    }),
  );
}

test("a rule tells a webhook of a task's life, also of what happened while that was down, past kill -9", async () => {
  const told: Told[] = [];
  let isUp = true;
  await makeRule(await startReceiver(told, () => isUp));
  await registerDemo(berth, "web", "1");
  await createService(berth, "web", "web", 1);
  await createService(berth, "other", "web", 1);
  await stable(berth, "web");
  await stable(berth, "other");
  const [task] = await tasksOf(berth, "web");
  const body = (status: string) => ({ task: task?.taskArn, status, rule: "web-tasks" });
  const bodies = () => told.map((each) => JSON.parse(each.body) as unknown);
  await eventually("the webhook hears of the start", async () => told.length > 0);
  expect(bodies()).toEqual([body("it is RUNNING")]);
  expect(told[0]?.key).toBe("s3cret");

  isUp = false;
  for (const service of ["web", "other"]) {
    await berth.ecs.send(new DeleteServiceCommand({ service, force: true }));
  }
  await eventually("its end waits to be told", async () => {
    return readdirSync(join(berth.dataDir, "event-deliveries")).length > 0;
  });
  process.kill(berth.pidOf("control-plane"), "SIGKILL");
  isUp = true;
  await eventually("the webhook hears of the end", async () => told.length > 1);
  expect(bodies()).toEqual([body("it is RUNNING"), body("it is STOPPED")]);
});

test("a rule starts a task of an event of one's own, with what the event says", async () => {
  const taskDefinition = await registerDemo(berth, "import", "1");
  await events.send(
    new PutRuleCommand({ Name: "uploads", EventPattern: `{"source":["my.shop"]}` }),
  );
  const environment = `[{"name":"FILE","value":<file>}]`;
  await events.send(
    new PutTargetsCommand({
      Rule: "uploads",
      Targets: [
        {
          Id: "import",
          Arn: `arn:aws:ecs:${berth.endpoint.region}:000000000000:cluster/default`,
          EcsParameters: { TaskDefinitionArn: taskDefinition },
          InputTransformer: {
            InputPathsMap: { file: "$.detail.file" },
            InputTemplate: `{"containerOverrides":[{"name":"web","environment":${environment}}]}`,
          },
        },
      ],
    }),
  );
  const Detail = `{"file":"a.csv"}`;
  await events.send(
    new PutEventsCommand({ Entries: [{ Source: "my.shop", DetailType: "Uploaded", Detail }] }),
  );
  const taskArns = await eventually("the task is there", async () => {
    const startedBy = "events-rule/uploads";
    const found = await berth.ecs.send(new ListTasksCommand({ startedBy }));
    return found.taskArns?.length === 1 && found.taskArns;
  });
  const { tasks } = await berth.ecs.send(new DescribeTasksCommand({ tasks: [...taskArns] }));
  expect(tasks?.[0]?.overrides?.containerOverrides).toMatchObject([
    { name: "web", environment: [{ name: "FILE", value: "a.csv" }] },
  ]);
});

import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAutoScalingClient } from "./clients.ts";
import { createLifecycleActions } from "./lifecycle-actions.ts";

const EC2 = "i-0123456789abcdef0";
const ACTION = { autoScalingGroup: "berth-test", hook: "berth-drain", token: "87654321-4321" };

/** Auto Scaling's query API: what it was asked, and what it answers. */
let server: Server;
let asked: Readonly<Record<string, string>>[];
let refusal: { readonly status: number; readonly code: string } | undefined;

beforeEach(async () => {
  asked = [];
  refusal = undefined;
  server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push(Object.fromEntries(new URLSearchParams(body)));
      response.writeHead(refusal?.status ?? 200, { "content-type": "text/xml" });
      response.end(refusal ? refused(refusal.code) : answered(asked.at(-1)?.["Action"] ?? ""));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const NAMESPACE = "http://autoscaling.amazonaws.com/doc/2011-01-01/";
const META = "<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>";

const answered = (action: string) =>
  `<${action}Response xmlns="${NAMESPACE}"><${action}Result/>${META}</${action}Response>`;

const refused = (code: string) =>
  `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type><Code>${code}</Code>` +
  `<Message>No active Lifecycle Action found with token ${ACTION.token}</Message></Error>` +
  `<RequestId>r-1</RequestId></ErrorResponse>`;

const actions = () =>
  createLifecycleActions(
    createAutoScalingClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
    }),
  );

const NAMES = {
  AutoScalingGroupName: "berth-test",
  LifecycleHookName: "berth-drain",
  LifecycleActionToken: "87654321-4321",
  InstanceId: EC2,
};

describe("completing a lifecycle action", () => {
  it("has the group go on with the end", async () => {
    await actions().complete(EC2, ACTION);
    const Action = "CompleteLifecycleAction";
    expect(asked).toEqual([
      { ...NAMES, Action, Version: "2011-01-01", LifecycleActionResult: "CONTINUE" },
    ]);
  });

  it("of a group that does not wait any more is done", async () => {
    refusal = { status: 400, code: "ValidationError" };
    await expect(actions().complete(EC2, ACTION)).resolves.toBeUndefined();
  });
});

describe("recording a heartbeat", () => {
  it("has the group wait on", async () => {
    await expect(actions().recordHeartbeat(EC2, ACTION)).resolves.toBe("waiting");
    const Action = "RecordLifecycleActionHeartbeat";
    expect(asked).toEqual([{ ...NAMES, Action, Version: "2011-01-01" }]);
  });

  it("says that the group does not wait any more", async () => {
    refusal = { status: 400, code: "ValidationError" };
    await expect(actions().recordHeartbeat(EC2, ACTION)).resolves.toBe("over");
  });
});

it.each([
  { status: 403, code: "AccessDenied" },
  { status: 500, code: "ResourceContention" },
  { status: 400, code: "Throttling" },
])("fails where Auto Scaling does, so that it is asked again: $code", async (each) => {
  refusal = each;
  const fault = { $metadata: { httpStatusCode: each.status } };
  await expect(actions().complete(EC2, ACTION)).rejects.toMatchObject(fault);
  await expect(actions().recordHeartbeat(EC2, ACTION)).rejects.toMatchObject(fault);
});

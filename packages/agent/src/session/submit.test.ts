import type { SubmitTaskStateChangeCommand } from "@aws-sdk/client-ecs";
import { payloadTaskArn } from "@berth/testing/payloads";
import { beforeEach, expect, test } from "vitest";
import { lineLog } from "../log.ts";
import { Submitter } from "./submit.ts";

/** The API's client, which answers when the test says so. */
class FakeApi {
  readonly inputs: SubmitTaskStateChangeCommand["input"][] = [];
  answers: (() => Promise<unknown>)[] = [];
  last: () => Promise<unknown> = () => Promise.resolve({});

  send = (command: { readonly input: unknown }) => {
    this.inputs.push(command.input as SubmitTaskStateChangeCommand["input"]);
    return (this.answers.shift() ?? this.last)();
  };
}

const failing = (name: string) => () => Promise.reject(Object.assign(new Error("no"), { name }));
const never = () => new Promise<unknown>(() => undefined);

let api: FakeApi;
let stopping: AbortController;
let submitter: Submitter;

beforeEach(() => {
  api = new FakeApi();
  stopping = new AbortController();
  submitter = new Submitter({
    api,
    cluster: "default",
    log: lineLog("none", () => undefined),
    signal: stopping.signal,
  });
});
const change = (number = 1) => ({
  taskArn: payloadTaskArn(number),
  status: "STOPPED" as const,
  containers: [],
});

test("says what happened, with times as dates", async () => {
  await submitter.submit({ ...change(), executionStoppedAt: 1_500, reason: "because" });
  expect(api.inputs).toEqual([
    {
      cluster: "default",
      task: payloadTaskArn(1),
      status: "STOPPED",
      reason: "because",
      containers: [],
      executionStoppedAt: new Date(1_500),
    },
  ]);
});

test("says the address of a task as that of its pause container", async () => {
  const attachment = { attachmentArn: "arn:a", address: "172.18.0.2" };
  await submitter.submit({ ...change(), attachment });
  expect(api.inputs).toMatchObject([
    {
      attachments: [{ attachmentArn: "arn:a", status: "ATTACHED" }],
      containers: [
        {
          containerName: "~internal~ecs~pause",
          status: "RUNNING",
          networkBindings: [{ bindIP: "172.18.0.2" }],
        },
      ],
    },
  ]);
});

test("drops what is called invalid", async () => {
  api.answers = [failing("InvalidParameterException")];
  await submitter.submit(change());
  expect(api.inputs).toHaveLength(1);
});

test("goes on after any other refusal, until the agent ends", async () => {
  api.last = failing("ServerException");
  const submitting = submitter.submit(change());
  await new Promise((resolve) => setImmediate(resolve));
  stopping.abort();
  await expect(submitting).rejects.toMatchObject({ name: "AbortError" });
});

test("has at most ten calls under way", async () => {
  api.last = never;
  for (let number = 0; number < 15; number += 1) void submitter.submit(change(number));
  await new Promise((resolve) => setImmediate(resolve));
  expect(api.inputs).toHaveLength(10);
});

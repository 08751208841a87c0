import { StopTaskCommand } from "@aws-sdk/client-ecs";
import { beforeAll, describe, expect, it } from "vitest";
import { callEcs, type ScriptedAgent } from "./scripted-agent.ts";
import { ProtocolStage } from "./stage.ts";

/** Section 6.2: what agents tell of their tasks, in whatever order it comes. */
const stage = new ProtocolStage();

type Report = Readonly<Record<string, unknown>>;

let agent: ScriptedAgent;
beforeAll(async () => {
  agent = await stage.agent();
  await agent.connect();
});

const CONTAINERS = [
  { name: "app", image: "busybox", memory: 16 },
  { name: "side", image: "busybox", memory: 16, essential: false },
];

/** A PENDING task that the agent says these things of, one after the other. */
async function reported(...reports: readonly Report[]) {
  const [task = ""] = await stage.run(agent.cluster, CONTAINERS[0]);
  for (const report of reports) {
    const { status, body } = await agent.submit(task, report);
    expect({ status, body }).toEqual({ status: 200, body: { acknowledgment: expect.any(String) } });
  }
  return stage.task(agent.cluster, task);
}

const app = (members: Report): Report => ({ containerName: "app", ...members });
const RUNNING = { status: "RUNNING", containers: [app({ status: "RUNNING", runtimeId: "r1" })] };
const STOPPED = {
  status: "STOPPED",
  reason: "",
  containers: [app({ status: "STOPPED", exitCode: 3 })],
};

describe("a report", () => {
  it.each<[string, readonly Report[], Report]>([
    ["PENDING says that images are known", [{ status: "PENDING" }], { lastStatus: "PENDING" }],
    ["RUNNING moves task and container", [RUNNING], { lastStatus: "RUNNING" }],
    ["STOPPED ends both", [RUNNING, STOPPED], { lastStatus: "STOPPED" }],
    ["that comes twice is one", [RUNNING, RUNNING], { lastStatus: "RUNNING" }],
    ["of an end may come without that of a start", [STOPPED], { lastStatus: "STOPPED" }],
    [
      "that comes late moves nothing back",
      [RUNNING, { status: "PENDING" }],
      { lastStatus: "RUNNING" },
    ],
    ["after the end changes nothing", [RUNNING, STOPPED, RUNNING], { lastStatus: "STOPPED" }],
    [
      "without a status moves containers alone",
      [{ containers: RUNNING.containers }],
      { lastStatus: "PENDING" },
    ],
    // Berth's own: a report is never refused for one word that is new, or the rest of it were lost.
    [
      "of a status that nobody knows moves nothing",
      [{ status: "BORED" }],
      { lastStatus: "PENDING" },
    ],
    ["of nothing changes nothing", [{}], { lastStatus: "PENDING" }],
  ])("%s", async (_, reports, expected) => {
    expect(await reported(...reports)).toMatchObject(expected);
  });

  it("may name one container twice: what it says is applied in order", async () => {
    const task = await reported({
      status: "STOPPED",
      containers: [
        app({ status: "RUNNING", runtimeId: "r1", imageDigest: "sha256:1" }),
        app({ status: "STOPPED", runtimeId: "r1", exitCode: 7, reason: "over" }),
      ],
    });
    expect(task.containers).toEqual([
      expect.objectContaining({
        lastStatus: "STOPPED",
        runtimeId: "r1",
        imageDigest: "sha256:1",
        exitCode: 7,
        reason: "over",
      }),
    ]);
  });

  it("keeps what is known of a container when a later one says less", async () => {
    const bindings = [{ bindIP: "0.0.0.0", containerPort: 80, hostPort: 32768, protocol: "tcp" }];
    const task = await reported(
      {
        status: "RUNNING",
        containers: [app({ status: "RUNNING", runtimeId: "r1", networkBindings: bindings })],
      },
      STOPPED,
    );
    expect(task.containers).toEqual([
      expect.objectContaining({ runtimeId: "r1", networkBindings: bindings, exitCode: 3 }),
    ]);
  });

  it("of a container that the task has not changes nothing of the others", async () => {
    const task = await reported({
      status: "RUNNING",
      containers: [{ containerName: "nobody", status: "STOPPED" }, ...RUNNING.containers],
    });
    expect(task.containers?.map(({ name, lastStatus }) => [name, lastStatus])).toEqual([
      ["app", "RUNNING"],
    ]);
  });

  it.each([
    ["a reason of a container", "reason", 1024, "r".repeat(2_000)],
    ["a runtime id", "runtimeId", 255, "i".repeat(1_000)],
    ["a digest", "imageDigest", 255, "d".repeat(1_000)],
  ] as const)("is cut where it has too much: %s", async (_, member, length, text) => {
    const [container] =
      (await reported({ containers: [app({ status: "RUNNING", [member]: text })] })).containers ??
      [];
    expect(container?.[member]).toHaveLength(length);
  });

  it("keeps the agent's times, of which it may say any", async () => {
    const task = await reported(
      { status: "RUNNING", pullStartedAt: 1_700_000_000.25, pullStoppedAt: 1_700_000_001.5 },
      { status: "STOPPED", executionStoppedAt: 1_700_000_009.125 },
    );
    expect([task.pullStartedAt, task.pullStoppedAt, task.executionStoppedAt]).toEqual(
      [1_700_000_000.25, 1_700_000_001.5, 1_700_000_009.125].map(
        (seconds) => new Date(seconds * 1_000),
      ),
    );
  });

  it.each<[string, Report, string]>([
    [
      "a container that exited",
      { status: "STOPPED", containers: [app({ status: "STOPPED", exitCode: 1 })] },
      "EssentialContainerExited",
    ],
    [
      "none that ever ran",
      {
        status: "STOPPED",
        containers: [app({ status: "STOPPED", reason: "CannotPullContainerError: no" })],
      },
      "TaskFailedToStart",
    ],
    [
      "a task that the agent could not read",
      { status: "STOPPED", reason: "UnrecogniedTaskError: Error loading task", containers: [] },
      "TaskFailedToStart",
    ],
  ])("of %s gets the stop code that agents do not send", async (_, report, stopCode) => {
    expect(await reported(report)).toMatchObject({ stopCode });
  });

  it("of a task that a user stopped keeps his reason", async () => {
    const [task = ""] = await stage.run(agent.cluster);
    await agent.submit(task, RUNNING);
    const { cluster } = agent;
    await stage.machine.ecs.send(new StopTaskCommand({ cluster, task, reason: "enough" }));
    await agent.submit(task, { ...STOPPED, reason: "" });
    expect(await stage.task(cluster, task)).toMatchObject({
      stopCode: "UserInitiated",
      stoppedReason: "enough",
    });
  });
});

describe("a report is acknowledged, and changes nothing,", () => {
  const attachments = [
    { attachmentArn: "arn:aws:ecs:us-east-1:0:attachment/1", status: "ATTACHED" },
  ];

  it("of a task that nobody knows: an agent ends those that it was never told of", async () => {
    const arn = `arn:aws:ecs:us-east-1:000000000000:task/${agent.cluster}/${"0".repeat(32)}`;
    expect((await agent.submit(arn, STOPPED)).status).toBe(200);
  });

  it("of attachments alone", async () => {
    expect(await reported({ attachments })).toMatchObject({ lastStatus: "PENDING" });
    const answer = await callEcs(agent.keyed, "SubmitAttachmentStateChanges", {
      cluster: agent.cluster,
      attachments,
    });
    expect(answer.status).toBe(200);
  });

  it("of managed agents alone", async () => {
    const managedAgents = [
      { managedAgentName: "ExecuteCommandAgent", containerName: "app", status: "RUNNING" },
    ];
    expect(await reported({ managedAgents })).toMatchObject({ lastStatus: "PENDING" });
  });
});

describe("a report is refused", () => {
  it("in words that have the agent repeat it where it is of another agent's task", async () => {
    const [task = ""] = await stage.run(agent.cluster);
    const keyed = await stage.key({ kind: "agent", principal: "stranger" });
    const body = { cluster: agent.cluster, task, status: "STOPPED" };
    const answer = await callEcs(keyed, "SubmitTaskStateChange", body);
    expect(answer).toMatchObject({ status: 400, body: { __type: "AccessDeniedException" } });
    expect((await stage.task(agent.cluster, task)).lastStatus).toBe("PENDING");
  });

  it.each<[string, Report]>([
    ["a status that is no text", { status: 7 }],
    ["containers that are no list", { containers: "app" }],
    [
      "an exit code that is no number",
      { containers: [app({ status: "STOPPED", exitCode: "no" })] },
    ],
    ["a time that is none", { pullStartedAt: "yesterday" }],
  ])("for good where it is malformed: %s", async (_, report) => {
    const [task = ""] = await stage.run(agent.cluster);
    const { status, body } = await agent.submit(task, report);
    expect(status).toBe(400);
    // Any other code, and an agent says it again for a day.
    expect(body["__type"]).toMatch(/^(InvalidParameter|Serialization)Exception$/);
    expect((await stage.task(agent.cluster, task)).lastStatus).toBe("PENDING");
  });
});

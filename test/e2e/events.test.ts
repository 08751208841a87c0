import { DeleteServiceCommand } from "@aws-sdk/client-ecs";
import { afterEach, expect, test } from "vitest";
import { Berth, eventually } from "./berth.ts";
import { createService, registerDemo, stable, tasksOf } from "./demo.ts";
import { eventsOf, KILLED, lifeOf, STOPPED } from "./event-log.ts";

let berth: Berth;
afterEach(async () => berth.down());

const runningArns = async () => {
  const tasks = await tasksOf(berth, "web");
  return tasks.flatMap(({ lastStatus, taskArn }) =>
    lastStatus === "RUNNING" && taskArn !== undefined ? [taskArn] : [],
  );
};

/** Names of the service's events, in their order. */
const serviceEvents = async () =>
  (await eventsOf(berth, "--type", "service", "deployment")).map(({ detail }) =>
    String(detail["eventName"]),
  );

/** To bundle functions anew takes longer than the retries of a client. */
const answers = async () =>
  fetch(`${berth.endpoint.url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );

test.each(["in-process", "bundles"])(
  "a service's life is told in order, with its functions %s, also past kill -9",
  async (functions) => {
    berth = await Berth.start({ instances: 2, env: { BERTH_FUNCTIONS: functions } });
    await registerDemo(berth, "web", "1");
    await createService(berth, "web", "web", 2);
    await stable(berth, "web");
    expect(
      await eventually("steadiness is told", async () => {
        const names = await serviceEvents();
        return names.includes("SERVICE_STEADY_STATE") && names;
      }),
    ).toEqual([
      "SERVICE_DEPLOYMENT_IN_PROGRESS",
      "SERVICE_DEPLOYMENT_COMPLETED",
      "SERVICE_STEADY_STATE",
    ]);

    const [victim] = await tasksOf(berth, "web");
    const victimArn = victim?.taskArn ?? "";
    await berth.docker.getContainer(victim?.containers?.[0]?.runtimeId ?? "").kill();
    // Whatever of it is not told yet must not be lost with those who tell it.
    process.kill(berth.pidOf("control-plane"), "SIGKILL");
    process.kill(berth.pidOf("dynamodb"), "SIGKILL");
    await eventually("the control plane answers again", answers);
    const arns = await eventually("the victim is replaced", async () => {
      const running = await runningArns();
      return running.length === 2 && !running.includes(victimArn) && running;
    });
    await berth.ecs.send(new DeleteServiceCommand({ service: "web", force: true }));
    await eventually("all tasks are told to have stopped", async () => {
      const events = await eventsOf(berth, "--type", "task");
      return [...arns, victimArn].every((arn) => lifeOf(events, arn).includes("STOPPED/STOPPED"));
    });

    const events = await eventsOf(berth);
    // Told twice is allowed, and shows by the version.
    const distinct = events.filter(
      ({ resources, detail }, index) =>
        detail["version"] === undefined ||
        index ===
          events.findIndex(
            (each) =>
              each.resources[0] === resources[0] && each.detail["version"] === detail["version"],
          ),
    );
    expect(lifeOf(distinct, victimArn)).toEqual(KILLED);
    for (const arn of arns) expect(lifeOf(distinct, arn)).toEqual(STOPPED);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    expect(events.every(({ source }) => source === "berth.ecs")).toBe(true);
    const [gone] = events.filter(({ resources }) => resources[0] === victimArn).slice(-1);
    expect(gone?.detail).toMatchObject({
      stopCode: "EssentialContainerExited",
      containers: [{ lastStatus: "STOPPED", exitCode: 137 }],
    });
  },
);

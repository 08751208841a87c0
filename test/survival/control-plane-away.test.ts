import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Berth, eventually } from "../e2e/berth.ts";
import { createService, registerDemo, runtimeIds, stable, tasksOf } from "../e2e/demo.ts";
import { sayWhatWasSurvived, survives } from "../e2e/survival-log.ts";

/** Half of what it is usually: agents hang up after two minutes of silence at the latest. */
const LOST_AFTER_MS = 150_000;
const LEASE_MS = 30_000;
const COUNT = 4;

let berth: Berth;
beforeAll(async () => {
  const env = {
    BERTH_INSTANCE_LOST_AFTER_MS: String(LOST_AFTER_MS),
    BERTH_LEASE_MS: String(LEASE_MS),
    BERTH_HEARTBEAT_INTERVAL_MS: "10000",
  };
  berth = await Berth.start({ instances: 2, env });
  await registerDemo(berth, "web", "1");
  await createService(berth, "web", "web", COUNT);
  await stable(berth, "web");
});
afterAll(async () => {
  sayWhatWasSurvived();
  await berth?.down();
});

const containers = async () => runtimeIds(await tasksOf(berth, "web"));

test("away for longer than instances may be, it finds what runs where it was", async () => {
  const before = await containers();
  const [victim = ""] = before;
  const left = before.filter((id) => id !== victim);
  const pid = berth.pidOf("control-plane");
  // It answers nobody any more, and its sockets stay open: the worst way to be away.
  process.kill(pid, "SIGSTOP");
  try {
    await berth.docker.getContainer(victim).kill();
    process.kill(berth.pidOf("agent-1"), "SIGKILL");
    await sleep(LOST_AFTER_MS + LEASE_MS);
  } finally {
    process.kill(pid, "SIGCONT");
  }
  await survives("control plane hanging for three minutes, an agent killed meanwhile", () =>
    eventually(
      "what ended is replaced",
      async () => {
        const now = await containers();
        return now.length === COUNT && !now.includes(victim);
      },
      300_000,
    ),
  );
  // Long enough for whoever were taken for lost.
  await sleep(LOST_AFTER_MS + LEASE_MS);
  await stable(berth, "web");
  expect(await containers()).toEqual(expect.arrayContaining([...left]));
  expect((await berth.runningContainers()).length).toBe(COUNT);
});

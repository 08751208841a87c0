import { beforeEach, describe, expect, it } from "vitest";
import { createMetrics, measured } from "./metrics.ts";
import type { MetricsRecorder } from "./metrics.ts";

let lines: string[];
let metrics: MetricsRecorder;

beforeEach(() => {
  lines = [];
  metrics = createMetrics({
    stage: "test",
    functionName: "service-queue",
    write: (line) => void lines.push(line),
  });
});

const written = () => lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

describe("a line", () => {
  it("is in CloudWatch's embedded metric format, under the stage alone", () => {
    metrics.record("TasksStarted", 1);
    metrics.record("ReconcileLag", 61_000);
    metrics.flush();
    expect(written()).toEqual([
      {
        _aws: {
          Timestamp: expect.any(Number) as number,
          CloudWatchMetrics: [
            {
              Namespace: "Berth",
              Dimensions: [["Stage"]],
              Metrics: [
                { Name: "TasksStarted", Unit: "Count" },
                { Name: "ReconcileLag", Unit: "Milliseconds" },
              ],
            },
          ],
        },
        Stage: "test",
        function: "service-queue",
        TasksStarted: 1,
        ReconcileLag: 61_000,
      },
    ]);
  });

  it("holds what came of a whole invocation, and nothing of the one before", () => {
    for (let task = 0; task < 250; task += 1) metrics.record("TasksStarted", 1);
    metrics.flush();
    metrics.record("TasksStarted", 1);
    metrics.flush();
    expect(written().map(({ TasksStarted }) => TasksStarted)).toEqual([250, 1]);
  });

  it("has one set of dimensions: what has others stands in another", () => {
    metrics.record("TasksStopped", 1, { StopCode: "UserInitiated" });
    metrics.record("TasksStopped", 1, { StopCode: "TaskFailedToStart" });
    metrics.record("TasksStarted", 3);
    metrics.record("TasksStopped", 2, { StopCode: "UserInitiated" });
    metrics.flush();
    expect(written()).toEqual([
      expect.objectContaining({ StopCode: "UserInitiated", Stage: "test", TasksStopped: 3 }),
      expect.objectContaining({ StopCode: "TaskFailedToStart", TasksStopped: 1 }),
      expect.objectContaining({ Stage: "test", TasksStarted: 3 }),
    ]);
    expect(written()[2]).not.toHaveProperty("StopCode");
  });

  it("is not written where nothing was recorded", () => {
    metrics.flush();
    expect(lines).toEqual([]);
  });
});

describe("a handler that is measured", () => {
  it("has its metrics written when it ends, also when it fails", async () => {
    const handler = measured(metrics, async (fails: boolean) => {
      metrics.record("PlacementFailures", 2);
      if (fails) throw new Error("no table");
      return "done";
    });
    await expect(handler(false)).resolves.toBe("done");
    await expect(handler(true)).rejects.toThrow("no table");
    expect(written().map(({ PlacementFailures }) => PlacementFailures)).toEqual([2, 2]);
  });
});

import type { ServiceChange } from "@berth/domain/service-change";
import type { Cause, Task } from "@berth/domain/task";
import { aTask, aTaskContainer } from "./builders.ts";

/** Deployments of the service `web`. */
export const [OLD, NEW] = ["ecs-svc/1", "ecs-svc/2"];
/** Who asks. */
export const ALICE = "arn:aws:iam::000000000000:user/alice";
/** Causes. */
export const bySelf: Cause = { kind: "agent" };
export const byService: Cause = { kind: "deployment", id: OLD };
export const byAlice = (operation: string): Cause => ({
  kind: "api",
  operation,
  requestId: "r-1",
  principalArn: ALICE,
});

/** What Alice asked of the service at 500. */
export const aChange = (overrides: Partial<ServiceChange> = {}): ServiceChange => ({
  at: 500,
  operation: "UpdateService",
  requestId: "r-2",
  principalArn: ALICE,
  ...overrides,
});

/** A task of the service `web` that was told to stop at 600 and stopped at 700. */
export const aStoppedTask = (overrides: Partial<Task> = {}, ordered: Cause = byService): Task =>
  aTask({
    startedBy: OLD,
    desiredStatus: "STOPPED",
    lastStatus: "STOPPED",
    stopCode: "ServiceSchedulerInitiated",
    stoppedReason: `Scaling activity initiated by (deployment ${OLD})`,
    stoppingAt: 600,
    executionStoppedAt: 690,
    stoppedAt: 700,
    containers: [aTaskContainer({ lastStatus: "STOPPED", exitCode: 143 })],
    history: [
      { at: 100, to: "PENDING", cause: byService },
      { at: 200, to: "RUNNING", cause: bySelf },
      { at: 600, to: "desired STOPPED", cause: ordered },
      { at: 700, to: "STOPPED", cause: bySelf },
    ],
    ...overrides,
  });

/** Steps as `TIME TEXT`. */
export const lines = (steps: readonly { readonly at: number; readonly text: string }[]) =>
  steps.map(({ at, text }) => `${at} ${text}`);

/** How the story of that task ends. */
export const ASKED = `600 Deployment ${OLD} of service web asked it to stop: Scaling activity initiated by (deployment ${OLD}).`;
export const ENDED = [
  "690 Container main exited with code 143 (ended by SIGTERM).",
  "700 Its agent reported it STOPPED.",
];

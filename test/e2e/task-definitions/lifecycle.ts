import { expect } from "vitest";
import { sh, STAY, type Row, type Seen } from "./row.ts";

/** The shortest that ECS has, in seconds. */
const RESTART_PERIOD = 60;

/** When containers start, and what ends them. */
export const LIFECYCLE_ROWS: readonly Row[] = [
  {
    field: "essential",
    does: "false lets the task go on when the container ends",
    main: STAY,
    beside: [{ ...sh("exit 4"), name: "side", essential: false }],
    until: "RUNNING",
    look: async (seen) => expect(await statusOf(seen, "side")).toBe("exited 4"),
  },
  {
    field: "essential",
    does: "ends all others with its own end",
    main: sh("sleep 1; exit 5"),
    beside: [{ ...STAY, name: "side" }],
    exitCode: 5,
    shown: {
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      containers: expect.arrayContaining([expect.objectContaining({ name: "side", exitCode: 0 })]),
    },
  },
  {
    field: "restartPolicy",
    does: "starts again what ran long enough, and the task goes on",
    main: {
      ...sh(`test -e /second && exit 0; touch /second; sleep ${RESTART_PERIOD + 1}; exit 3`),
      restartPolicy: { enabled: true, restartAttemptPeriod: RESTART_PERIOD },
    },
    exitCode: 0,
    look: ({ task, engine }) => {
      const { StartedAt = "" } = engine.get("main")?.State ?? {};
      const runsAgainAfterMs = Date.parse(StartedAt) - (task.startedAt?.getTime() ?? 0);
      expect(runsAgainAfterMs).toBeGreaterThan((RESTART_PERIOD - 5) * 1_000);
    },
  },
  {
    field: "restartPolicy.restartAttemptPeriod",
    does: "leaves down what ended before",
    main: { ...sh("exit 3"), restartPolicy: { enabled: true } },
    exitCode: 3,
  },
  {
    field: "restartPolicy.ignoredExitCodes",
    does: "are ends that are meant",
    main: {
      ...sh(`sleep ${RESTART_PERIOD + 1}; exit 3`),
      restartPolicy: {
        enabled: true,
        restartAttemptPeriod: RESTART_PERIOD,
        ignoredExitCodes: [3],
      },
    },
    exitCode: 3,
  },
  {
    field: "dependsOn.condition",
    does: "START waits until the other runs",
    main: { ...sh("sleep 1"), ...after("side", "START") },
    beside: [{ ...STAY, name: "side" }],
    look: inOrder("side", "main", "StartedAt"),
  },
  {
    field: "dependsOn.condition",
    does: "COMPLETE waits until the other has ended, however",
    main: { command: ["true"], ...after("side", "COMPLETE") },
    beside: [{ ...sh("sleep 1; exit 9"), name: "side", essential: false }],
    look: inOrder("side", "main", "FinishedAt"),
  },
  {
    field: "dependsOn.condition",
    does: "SUCCESS waits until the other has ended well",
    main: { command: ["true"], ...after("side", "SUCCESS") },
    beside: [{ ...sh("sleep 1"), name: "side", essential: false }],
    look: inOrder("side", "main", "FinishedAt"),
  },
  {
    field: "dependsOn.condition",
    does: "SUCCESS starts nothing after a failure",
    main: { command: ["true"], ...after("side", "SUCCESS") },
    beside: [{ ...sh("exit 9"), name: "side", essential: false }],
    exitCode: "none",
    shown: reasonOf("main", /^TaskDependencyError: .*side cannot become SUCCESS.*exited with 9/),
  },
  {
    field: "dependsOn.condition",
    does: "HEALTHY waits until the other's check passes",
    main: { command: ["true"], ...after("side", "HEALTHY") },
    beside: [
      {
        ...sh("sleep 3; touch /tmp/ready; sleep 100"),
        name: "side",
        stopTimeout: 1,
        healthCheck: { command: ["CMD-SHELL", "test -e /tmp/ready"], interval: 5, retries: 10 },
      },
    ],
    look: inOrder("side", "main", "StartedAt"),
  },
  {
    field: "startTimeout",
    does: "gives up on a dependency that does not come",
    main: { command: ["true"], ...after("side", "HEALTHY") },
    beside: [
      {
        ...STAY,
        name: "side",
        startTimeout: 2,
        healthCheck: { command: ["CMD", "false"], interval: 5, retries: 10 },
      },
    ],
    exitCode: "none",
    shown: reasonOf("main", /^TaskDependencyError: .*side cannot become HEALTHY.*start timeout/),
  },
  {
    field: "dependsOn",
    does: "stops in reverse: what depends on another goes first",
    main: sh("sleep 1"),
    beside: [
      { ...STAY, name: "database" },
      { ...STAY, name: "shop", ...after("database", "START") },
    ],
    look: inOrder("shop", "database", "FinishedAt", "FinishedAt"),
  },
  {
    field: "stopTimeout",
    does: "kills what does not leave by then",
    main: sh("sleep 1"),
    beside: [{ ...sh("trap '' TERM; while :; do sleep 1; done"), name: "deaf", stopTimeout: 1 }],
    shown: {
      containers: expect.arrayContaining([
        expect.objectContaining({ name: "deaf", exitCode: 137 }),
      ]),
    },
  },
  {
    field: "command",
    does: "that is not there says so",
    main: { command: ["/none"] },
    exitCode: "none",
    shown: {
      stopCode: "TaskFailedToStart",
      ...reasonOf("main", /^CannotStartContainerError: .*\/none/s),
    },
  },
  {
    field: "image",
    does: "that nobody has says so",
    main: { image: "localhost:1/none:1" },
    exitCode: "none",
    shown: {
      stopCode: "TaskFailedToStart",
      ...reasonOf("main", /^CannotPullContainerError: /),
    },
  },
  {
    field: "command",
    does: "that ends gives its exit code",
    main: sh("exit 42"),
    exitCode: 42,
    shown: { stopCode: "EssentialContainerExited", lastStatus: "STOPPED" },
  },
];

function after(containerName: string, condition: "START" | "COMPLETE" | "SUCCESS" | "HEALTHY") {
  return { dependsOn: [{ containerName, condition }] };
}

function reasonOf(name: string, reason: RegExp) {
  const told = expect.objectContaining({ name, reason: expect.stringMatching(reason) });
  return { containers: expect.arrayContaining([told]) };
}

type Moment = "StartedAt" | "FinishedAt";

/** The one's moment comes before the other's start, or before the other's end. */
function inOrder(first: string, second: string, moment: Moment, other: Moment = "StartedAt") {
  return ({ engine }: Seen): void => {
    const at = (name: string, which: Moment) => engine.get(name)?.State[which] ?? "";
    expect(at(first, moment) < at(second, other), `${at(first, moment)} ${at(second, other)}`).toBe(
      true,
    );
  };
}

async function statusOf({ task, engine }: Seen, name: string): Promise<string> {
  const state = engine.get(name)?.State;
  expect(task.lastStatus).toBe("RUNNING");
  return `${state?.Status} ${state?.ExitCode}`;
}

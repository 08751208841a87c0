/** The functions of the control plane: the files in `entry/`. */
export const FUNCTIONS = [
  "api",
  "agent-socket",
  "service-queue",
  "placement-queue",
  "dispatch-queue",
  "coalesced-queue",
  "timers-queue",
  "sweep",
  "instance-events",
] as const;

export type FunctionName = (typeof FUNCTIONS)[number];

export interface FunctionLimits {
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
}

/** API Gateway gives up after 29 or 30 seconds: no answer is worth more. */
const ANSWER: FunctionLimits = { memoryMiB: 1024, timeoutSeconds: 28 };
/** A sixth of its queue's visibility timeout, as AWS asks. */
const WAKE: FunctionLimits = { memoryMiB: 1024, timeoutSeconds: 30 };
const FORWARD: FunctionLimits = { memoryMiB: 256, timeoutSeconds: 10 };

/** What each function may use, on AWS and where its bundle runs in a process of its own. */
export const FUNCTION_LIMITS: Readonly<Record<FunctionName, FunctionLimits>> = {
  api: ANSWER,
  "agent-socket": ANSWER,
  "service-queue": WAKE,
  "placement-queue": WAKE,
  "dispatch-queue": WAKE,
  "coalesced-queue": FORWARD,
  "timers-queue": FORWARD,
  // Less than the schedule's minute, so that two sweeps seldom meet. They may.
  sweep: { memoryMiB: 512, timeoutSeconds: 55 },
  "instance-events": { memoryMiB: 512, timeoutSeconds: 30 },
};

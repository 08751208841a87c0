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
  "change-events",
  "reference",
] as const;

export type FunctionName = (typeof FUNCTIONS)[number];

/**
 * What a function is told and may do: `controller` acts on the control plane's stores, `open` does so
 * for strangers, who have to show who they are, `forwarder` hands messages on and knows nothing else,
 * `publisher` reads, tells and keeps what it told, `public` has nothing that is not everybody's.
 */
export type FunctionRole = "controller" | "open" | "forwarder" | "publisher" | "public";

export interface FunctionLimits {
  readonly role: FunctionRole;
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
}

/** What Lambda's machines are: a fifth cheaper than the others, and nothing here minds. */
export const ARCHITECTURE = "arm64";

/** API Gateway gives up after 29 or 30 seconds: no answer is worth more. */
const ANSWER: FunctionLimits = { role: "open", memoryMiB: 1024, timeoutSeconds: 28 };
const WAKE: FunctionLimits = { role: "controller", memoryMiB: 1024, timeoutSeconds: 30 };
const FORWARD: FunctionLimits = { role: "forwarder", memoryMiB: 256, timeoutSeconds: 30 };

/**
 * What each function may use, on AWS and where its bundle runs in a process of its own. Lambda gives
 * CPU in proportion to memory: what a person or an agent waits for gets more.
 */
export const FUNCTION_LIMITS: Readonly<Record<FunctionName, FunctionLimits>> = {
  api: ANSWER,
  "agent-socket": ANSWER,
  "service-queue": WAKE,
  "placement-queue": WAKE,
  "dispatch-queue": { ...WAKE, memoryMiB: 512 },
  "coalesced-queue": FORWARD,
  "timers-queue": FORWARD,
  // Less than the schedule's minute, so that two sweeps seldom meet. They may.
  sweep: { role: "controller", memoryMiB: 512, timeoutSeconds: 55 },
  "instance-events": { ...WAKE, memoryMiB: 512 },
  // Files. Zipping the long ones, once, is the most that it does.
  reference: { role: "public", memoryMiB: 512, timeoutSeconds: 28 },
  // A hundred changes, sent anew where the bus is busy.
  "change-events": { role: "publisher", memoryMiB: 512, timeoutSeconds: 60 },
};

import type { AcsMessage } from "@berth/contracts/agent/messages";
import type { WakeMessage, WakeTiming } from "@berth/contracts/queue";
import type { MetricName } from "@berth/contracts/metrics";
import type {
  AssumedRole,
  CommandContext,
  ControlPlane,
  InstanceControlPlane,
  ServiceControlPlane,
  TemporaryKeys,
} from "@berth/control-plane/context";
import { DEFAULT_SETTINGS, type Settings } from "@berth/control-plane/settings";
import { ClusterViews } from "@berth/control-plane/placement/cluster-view";
import { createStore } from "@berth/store/create-store";
import { createMemoryTable } from "@berth/store/memory/table";
import type { Table } from "@berth/store/table";
import type { Alarm } from "@berth/domain/alarm";
import { ADMINISTRATOR } from "@berth/domain/access/access-key";

/** A wake-up as it was sent. */
export interface SentWake {
  readonly message: WakeMessage;
  readonly timing: WakeTiming;
}

/** A frame as it was pushed to an agent. */
export interface PushedFrame {
  readonly connectionId: string;
  readonly message: AcsMessage;
}

/** A metric as it was recorded: name, value, and values of its dimensions. */
export type Recorded = readonly [MetricName, number, ...string[]];

/** A control plane in memory. Wake-ups and frames are kept, and go nowhere. */
export interface TestControlPlane
  extends CommandContext, InstanceControlPlane, ServiceControlPlane {
  readonly wakes: SentWake[];
  readonly pushed: PushedFrame[];
  /** Connections in it are told to be gone. */
  readonly gone: Set<string>;
  readonly recorded: Recorded[];
  /** What Auto Scaling was told, as `complete TOKEN`. */
  readonly lifecycleCalls: string[];
  /** CloudWatch's alarms. */
  readonly cloudWatch: FakeCloudWatch;
  /** Tokens of groups that do not wait any more. */
  readonly overActions: Set<string>;
  /** What STS says, and was asked: without an entry it gives keys. */
  readonly roleAnswers: Map<string, "refused" | "unknown">;
  readonly assumed: AssumedRole[];
  advance(ms: number): void;
}

/** What CloudWatch has and was asked for. */
export interface FakeCloudWatch {
  alarms: readonly Alarm[];
  /** Why it does not answer. */
  failure: string | undefined;
  readonly asked: (readonly string[])[];
}

interface Options {
  /** Epoch ms. */
  readonly now?: number;
  readonly settings?: Partial<Settings>;
  /** For tests that look at, or disturb, what is written. */
  readonly table?: Table;
  /** Over so many partition keys the table spreads what is busy (1). */
  readonly shards?: number;
  /** For tests that make more ids than differ in their first digits. */
  readonly randomHex?: ControlPlane["randomHex"];
}

/** Ids count up, so equal tests give equal ids. The clock stands until it is advanced. */
export function aControlPlane(options: Options = {}): TestControlPlane {
  let time = options.now ?? 1_700_000_000_000;
  let idCount = 0;
  const now = () => time;
  const settings: Settings = {
    ...DEFAULT_SETTINGS,
    agentEndpoint: "http://127.0.0.1:4750/",
    ...options.settings,
  };
  const messages = {
    wakes: [] as SentWake[],
    pushed: [] as PushedFrame[],
    gone: new Set<string>(),
    recorded: [] as Recorded[],
    lifecycleCalls: [] as string[],
    overActions: new Set<string>(),
    roleAnswers: new Map<string, "refused" | "unknown">(),
    assumed: [] as AssumedRole[],
  };
  const cloudWatch: FakeCloudWatch = { alarms: [], failure: undefined, asked: [] };
  return {
    ...messages,
    cloudWatch,
    alarms: {
      describe: async (names) => {
        cloudWatch.asked.push(names);
        if (cloudWatch.failure !== undefined) return { alarms: [], failure: cloudWatch.failure };
        return { alarms: cloudWatch.alarms.filter(({ name }) => names.includes(name)) };
      },
    },
    store: createStore(options.table ?? createMemoryTable(), {
      historyMs: settings.historyMs,
      now,
      ...(options.shards !== undefined && { shards: options.shards }),
    }),
    relay: {
      wake: async (message, timing = { kind: "now" }) => {
        messages.wakes.push({ message, timing });
      },
    },
    agents: {
      push: async (connectionId, message) => {
        if (messages.gone.has(connectionId)) return "gone";
        messages.pushed.push({ connectionId, message });
        return "sent";
      },
    },
    views: new ClusterViews(),
    metrics: {
      record: (name, value, dimensions = {}) => {
        messages.recorded.push([name, value, ...Object.values(dimensions)]);
      },
    },
    lifecycleActions: {
      complete: async (_, { token }) => {
        messages.lifecycleCalls.push(`complete ${token}`);
      },
      recordHeartbeat: async (_, { token }) => {
        messages.lifecycleCalls.push(`extend ${token}`);
        return messages.overActions.has(token) ? "over" : "waiting";
      },
    },
    roleKeys: {
      assume: async (role) => {
        messages.assumed.push(role);
        return messages.roleAnswers.get(role.roleArn) ?? keysOf(role, now());
      },
    },
    scope: { region: "eu-central-1", account: "123456789012" },
    settings,
    requestId: "3f1c1d3e-0000-4000-8000-000000000000",
    principalArn: "arn:aws:iam::123456789012:root",
    permissions: ADMINISTRATOR,
    now,
    advance: (ms) => {
      time += ms;
    },
    randomHex:
      options.randomHex ??
      ((digits) => {
        idCount += 1;
        return idCount.toString(16).padStart(digits, "0").slice(-digits);
      }),
  };
}

const keysOf = ({ sessionName, durationMs }: AssumedRole, now: number): TemporaryKeys => ({
  accessKeyId: `ASIA-${sessionName}`,
  secretAccessKey: `secret of ${sessionName}`,
  sessionToken: `token of ${sessionName}`,
  expiresAt: now + durationMs,
});

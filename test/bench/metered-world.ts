import { randomBytes } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { AcsMessage } from "@berth/contracts/agent/messages";
import { wakeQueue } from "@berth/contracts/queue";
import type { WakeMessage, WakeTiming } from "@berth/contracts/queue";
import { connectAgent } from "@berth/control-plane/agents/connections";
import { receiveFromAgent } from "@berth/control-plane/agents/receive";
import { commands } from "@berth/control-plane/commands/registry";
import type {
  CommandContext,
  InstanceControlPlane,
  ServiceControlPlane,
} from "@berth/control-plane/context";
import { eventsOfChange } from "@berth/control-plane/events/events-of-change";
import { handleWake } from "@berth/control-plane/reconcile/handle-wake";
import { sweep } from "@berth/control-plane/reconcile/sweep";
import { DEFAULT_SETTINGS } from "@berth/control-plane/settings";
import { NO_CLOUDWATCH } from "@berth/control-plane/alarms/no-cloudwatch";
import { ClusterViews } from "@berth/control-plane/placement/cluster-view";
import { CHANGE_SOURCE, isToldOf } from "@berth/functions/change-source";
import { FUNCTION_LIMITS, type FunctionName } from "@berth/functions/function-limits";
import { AWS_TABLE_SHARDS } from "@berth/functions/table-shards";
import { toChange } from "@berth/store/change";
import { createStoreReader } from "@berth/store/create-reader";
import { createStore } from "@berth/store/create-store";
import { ensureTable } from "@berth/store/dynamodb/schema";
import { createDynamoTable } from "@berth/store/dynamodb/table";
import { ADMINISTRATOR } from "@berth/domain/access/access-key";
import type { Change, StoreReader } from "@berth/store/store";
import type { Item, Table } from "@berth/store/table";
import { watchWrites } from "@berth/testing/watch-writes";

/** What AWS bills, by the names of its price lists. */
export interface Usage {
  readUnits: number;
  writeUnits: number;
  httpRequests: number;
  /** WebSocket messages, both ways. */
  frames: number;
  fifoRequests: number;
  standardRequests: number;
  invocations: number;
  /** Of EventBridge. */
  events: number;
  gigabyteSeconds: number;
}

const NOTHING: Usage = {
  readUnits: 0,
  writeUnits: 0,
  httpRequests: 0,
  frames: 0,
  fifoRequests: 0,
  standardRequests: 0,
  invocations: 0,
  events: 0,
  gigabyteSeconds: 0,
};

/** Assumed, for nothing here can measure it: how long an invocation is billed. */
const BILLED_SECONDS = 0.025;

/** Send, receive, delete. */
const REQUESTS_PER_MESSAGE = 3;
const SWEEP_INTERVAL_MS = 60_000;
/** The agent's own: metrics, and health where there are checks. */
const TELEMETRY_INTERVAL_MS = 20_000;
/** From payload to RUNNING. */
const START_MS = 500;

/**
 * The control plane on a real table, with a clock of its own, queues that wait as long as SQS does
 * and agents that answer everything; counts what all of it would use on AWS.
 */
export class MeteredWorld {
  readonly usage: Usage = { ...NOTHING };
  readonly context: CommandContext & InstanceControlPlane & ServiceControlPlane;
  readonly #client: DynamoDBClient;
  readonly #events: { readonly at: number; readonly run: () => Promise<void> }[] = [];
  readonly #coalesced = new Set<string>();
  readonly #table: Table;
  readonly #reader: StoreReader;
  /** Not told yet, while the window of the stream is open. */
  #changes: Change[] = [];
  #time = Date.UTC(2026, 0, 1);

  constructor(endpoint: string) {
    const credentials = { accessKeyId: "bench", secretAccessKey: "bench" };
    this.#client = new DynamoDBClient({ endpoint, region: "us-east-1", credentials });
    const now = () => this.#time;
    this.#table = createDynamoTable({
      client: this.#client,
      tableName: "berth",
      shards: AWS_TABLE_SHARDS,
      onConsumed: (_, { reads, writes }) => {
        this.usage.readUnits += reads;
        this.usage.writeUnits += writes;
      },
    });
    this.#reader = createStoreReader(this.#table);
    const watched = watchWrites(this.#table, (after, before) => this.#notice(after, before));
    this.context = {
      store: createStore(watched, {
        historyMs: DEFAULT_SETTINGS.historyMs,
        now,
        shards: AWS_TABLE_SHARDS,
      }),
      relay: { wake: async (message, timing) => this.#send(message, timing ?? { kind: "now" }) },
      agents: {
        push: async (connectionId, message) => {
          this.#answer(connectionId, message);
          return "sent";
        },
      },
      views: new ClusterViews(),
      metrics: { record: () => undefined },
      alarms: NO_CLOUDWATCH,
      lifecycleActions: {
        complete: async () => undefined,
        recordHeartbeat: async () => "over",
      },
      roleKeys: { assume: async () => "refused" },
      scope: { region: "us-east-1", account: "000000000000" },
      settings: { ...DEFAULT_SETTINGS, agentEndpoint: "http://127.0.0.1/" },
      now,
      randomHex: (digits) => randomBytes(digits).toString("hex").slice(0, digits),
      requestId: "bench",
      principalArn: "arn:aws:iam::000000000000:root",
      permissions: ADMINISTRATOR,
    };
  }

  async open(instances: number): Promise<void> {
    await ensureTable(this.#client, "berth");
    await commands.CreateCluster(this.context, {});
    await commands.RegisterTaskDefinition(this.context, {
      family: "unit",
      containerDefinitions: [{ name: "main", image: "main", cpu: 16, memory: 16 }],
    });
    for (let index = 0; index < instances; index += 1) await this.#join(index);
    this.#every(SWEEP_INTERVAL_MS, async () => {
      this.#invoke("sweep");
      await sweep(this.context);
    });
    await this.pass(10_000);
  }

  close(): void {
    this.#client.destroy();
  }

  forget(): void {
    Object.assign(this.usage, NOTHING);
  }

  /** Lets so many milliseconds pass. */
  async pass(ms: number): Promise<void> {
    const end = this.#time + ms;
    for (;;) {
      this.#events.sort((a, b) => a.at - b.at);
      const next = this.#events[0];
      if (!next || next.at > end) break;
      this.#events.shift();
      this.#time = Math.max(this.#time, next.at);
      await next.run();
    }
    this.#time = end;
  }

  /** A request to the API, of a client or of an agent. */
  async call(work: (context: CommandContext) => Promise<unknown>): Promise<void> {
    this.usage.httpRequests += 1;
    this.#invoke("api");
    await work(this.context);
  }

  /** Billed by the memory that the function is deployed with. */
  #invoke(name: FunctionName): void {
    this.usage.invocations += 1;
    this.usage.gigabyteSeconds += (FUNCTION_LIMITS[name].memoryMiB / 1024) * BILLED_SECONDS;
  }

  #after(ms: number, run: () => Promise<void>): void {
    this.#events.push({ at: this.#time + ms, run });
  }

  #every(ms: number, run: () => Promise<void>): void {
    this.#after(ms, async () => {
      await run();
      this.#every(ms, run);
    });
  }

  async #join(index: number): Promise<void> {
    const connectionId = `c${index}`;
    const { containerInstance } = await commands.RegisterContainerInstance(this.context, {
      totalResources: [
        { name: "CPU", type: "INTEGER", integerValue: 8192 },
        { name: "MEMORY", type: "INTEGER", integerValue: 8192 },
        { name: "PORTS", type: "STRINGSET", stringSetValue: [] },
        { name: "PORTS_UDP", type: "STRINGSET", stringSetValue: [] },
      ],
      attributes: [{ name: "ecs.availability-zone", value: `us-east-1${"abc"[index % 3]}` }],
    });
    const containerInstanceArn = containerInstance?.containerInstanceArn ?? "";
    const handshakes = [
      { connectionId, kind: "acs", containerInstanceArn },
      { connectionId: `t${index}`, kind: "tcs", containerInstanceArn },
    ] as const;
    for (const handshake of handshakes) {
      await connectAgent(this.context, handshake, this.context);
    }
    this.#every(TELEMETRY_INTERVAL_MS, async () => {
      // The answer is a frame too.
      this.usage.frames += 1;
      await this.#hear(`t${index}`, {
        type: "PublishMetricsRequest",
        message: { metadata: {}, taskMetrics: [] },
      });
    });
  }

  async #hear(connectionId: string, frame: { type: string; message: unknown }): Promise<void> {
    this.usage.frames += 1;
    this.#invoke("agent-socket");
    await receiveFromAgent(this.context, connectionId, frame);
  }

  #answer(connectionId: string, { type, message }: AcsMessage): void {
    this.usage.frames += 1;
    const acknowledge = (kind: string) =>
      this.#after(1, async () => this.#hear(connectionId, { type: kind, message: {} }));
    if (type === "HeartbeatMessage") return acknowledge("HeartbeatAckRequest");
    acknowledge("AckRequest");
    if (type !== "PayloadMessage") return;
    for (const { arn, desiredStatus } of message.tasks) {
      this.#after(START_MS, async () => this.#report(arn, desiredStatus));
    }
  }

  async #report(task: string, status: "RUNNING" | "STOPPED"): Promise<void> {
    const exitCode = status === "STOPPED" ? { exitCode: 143 } : {};
    await this.call((context) =>
      commands.SubmitTaskStateChange(context, {
        cluster: "default",
        task,
        status,
        containers: [{ containerName: "main", status, runtimeId: "0".repeat(64), ...exitCode }],
      }),
    );
  }

  #send(message: WakeMessage, timing: WakeTiming): void {
    if (timing.kind === "after") {
      this.usage.standardRequests += REQUESTS_PER_MESSAGE;
      this.#invoke("timers-queue");
      this.#after(timing.seconds * 1000, async () => this.#wake(message));
      return;
    }
    if (timing.kind === "now") return this.#after(1, async () => this.#handle(message));
    const key = `${JSON.stringify(message)}${Math.floor(this.#time / 1000)}`;
    if (this.#coalesced.has(key)) return;
    this.#coalesced.add(key);
    this.usage.fifoRequests += REQUESTS_PER_MESSAGE;
    this.#invoke("coalesced-queue");
    this.#after(1000, async () => this.#wake(message));
  }

  /** The stream: one shard, read once in a window. */
  #notice(after: Item, before: Item | undefined): void {
    const change = toChange(after, before);
    if (!change || !isToldOf(before ? "MODIFY" : "INSERT", after.pk)) return;
    if (this.#changes.length === 0) {
      this.#after(CHANGE_SOURCE.windowSeconds * 1000, async () => this.#tell());
    }
    this.#changes.push(change);
  }

  async #tell(): Promise<void> {
    const changes = this.#changes;
    this.#changes = [];
    for (let told = 0; told < changes.length; told += CHANGE_SOURCE.batchSize) {
      this.#invoke("change-events");
    }
    const sources = { scope: this.context.scope, store: this.#reader };
    for (const change of changes) {
      const events = await eventsOfChange(sources, change, this.#time);
      this.usage.events += events.length;
    }
  }

  async #wake(message: WakeMessage): Promise<void> {
    await this.context.relay.wake(message);
  }

  async #handle(message: WakeMessage): Promise<void> {
    this.usage.fifoRequests += REQUESTS_PER_MESSAGE;
    this.#invoke(`${wakeQueue(message)}-queue`);
    await handleWake(this.context, message);
  }
}

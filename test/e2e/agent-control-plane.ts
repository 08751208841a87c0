import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { PayloadTask, RoleCredentials } from "@berth/contracts/agent/messages";
import { STREAM_PARAMETER, type StreamFrame } from "@berth/contracts/stream/frames";
import type { StreamRequest } from "@berth/domain/stream-session";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";

export interface Submission {
  readonly task: string;
  readonly status: "RUNNING" | "STOPPED";
  readonly reason?: string;
  readonly executionStoppedAt?: number;
  readonly containers: readonly {
    readonly containerName: string;
    readonly status: string;
    readonly exitCode?: number;
    readonly runtimeId?: string;
    readonly imageDigest?: string;
    readonly reason?: string;
    readonly networkBindings?: readonly { readonly bindIP: string; readonly hostPort: number }[];
  }[];
}

interface Frame {
  readonly type: string;
  readonly message: Record<string, unknown>;
}

interface Registration {
  readonly containerInstanceArn?: string;
  readonly clientToken?: string;
  readonly attributes: readonly { readonly name: string; readonly value?: string }[];
  readonly totalResources: readonly { readonly name: string; readonly integerValue?: number }[];
}

/**
 * The control plane's side of the agent protocol, as far as one agent sees it: takes down what it
 * hears, and says what the test wants said.
 */
export class AgentControlPlane {
  readonly clusterArn = "arn:aws:ecs:us-east-1:123456789012:cluster/default";
  readonly containerInstanceArn: string;
  readonly registrations: Registration[] = [];
  readonly submissions: Submission[] = [];
  /** Frames on the command socket. */
  readonly commands: Frame[] = [];
  /** Frames on the telemetry socket, without their headers. */
  readonly telemetry: Frame[] = [];
  readonly handshakes: IncomingMessage[] = [];
  /** What the agent says in stream sessions, by their ids. */
  readonly streams = new Map<string, StreamFrame[]>();
  /** Tasks that are protected from now on. */
  readonly protectedTasks = new Set<string>();
  /** Answers the API with a fault while set. */
  isFailing = false;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });
  #command: WebSocket | undefined;
  #messages = 0;

  private constructor(server: Server, id: string) {
    this.#server = server;
    this.containerInstanceArn = `arn:aws:ecs:us-east-1:123456789012:container-instance/default/${id}`;
    server.on("request", (request, response) => void this.#answer(request, response));
    server.on("upgrade", (request, socket, head) =>
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) =>
        this.#connected(request, webSocket),
      ),
    );
  }

  /** @param id Of the container instance that it registers every agent as. */
  static async start(id: string): Promise<AgentControlPlane> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new AgentControlPlane(server, id);
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get isConnected(): boolean {
    return this.#command?.readyState === 1;
  }

  /** Sends a payload and returns its message id. */
  sendTasks(...tasks: readonly PayloadTask[]): string {
    return this.#send("PayloadMessage", {
      seqNum: this.#messages + 1,
      generatedAt: Date.now(),
      tasks,
    });
  }

  stopTask(arn: string): string {
    return this.sendTasks({
      arn,
      desiredStatus: "STOPPED",
      family: "f",
      version: "1",
      containers: [],
      volumes: [],
    });
  }

  sendManifest(taskArns: readonly string[]): string {
    return this.#send("TaskManifestMessage", {
      timeline: this.#messages + 1,
      generatedAt: Date.now(),
      tasks: taskArns.map((taskArn) => ({
        taskArn,
        taskClusterArn: this.clusterArn,
        desiredStatus: "RUNNING",
      })),
    });
  }

  sendRoleCredentials(taskArn: string, roleCredentials: RoleCredentials): string {
    const { clusterArn: taskClusterArn } = this;
    const roleType = "TaskApplication";
    return this.#send("IAMRoleCredentialsMessage", {
      taskArn,
      taskClusterArn,
      roleType,
      roleCredentials,
    });
  }

  /** Has the agent dial for a session, at whose other end this is. Returns the session's id. */
  openStream(taskArn: string, request: StreamRequest): string {
    const sessionId = `stream-${this.streams.size}`;
    this.streams.set(sessionId, []);
    this.#send("OpenStreamMessage", { sessionId, taskArn, request });
    return sessionId;
  }

  /** The agent's first frame of this kind in a session. */
  heardInStream<Kind extends StreamFrame["kind"]>(sessionId: string, kind: Kind) {
    const isOfKind = (frame: StreamFrame) => frame.kind === kind;
    return this.until(
      `${kind} in ${sessionId}`,
      () =>
        this.streams.get(sessionId)?.find(isOfKind) as (StreamFrame & { kind: Kind }) | undefined,
      60_000,
    );
  }

  sendHeartbeat(): string {
    return this.#send("HeartbeatMessage", { healthy: true });
  }

  confirmStops(manifestId: string, taskArns: readonly string[]): void {
    const stopTasks = taskArns.map((taskArn) => ({ taskArn, taskClusterArn: this.clusterArn }));
    this.#send("TaskStopVerificationAck", { messageId: manifestId, stopTasks });
  }

  /** Ends the command connection with the code. */
  hangUp(code: number): void {
    this.#command?.close(code);
  }

  submissionsOf(taskArn: string): readonly Submission[] {
    return this.submissions.filter(({ task }) => task === taskArn);
  }

  /** The first submission of the task with the status. */
  submitted(taskArn: string, status: "RUNNING" | "STOPPED"): Promise<Submission> {
    return this.until(`${taskArn} ${status}`, () =>
      this.submissions.find((each) => each.task === taskArn && each.status === status),
    );
  }

  acked(messageId: string): Promise<Frame> {
    return this.until(`ack of ${messageId}`, () =>
      this.commands.find((frame) => frame.message["messageId"] === messageId),
    );
  }

  async until<T>(what: string, ask: () => T | undefined | false, timeoutMs = 30_000): Promise<T> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const answer = ask();
      if (answer !== undefined && answer !== false) return answer;
      if (Date.now() > end) {
        throw new Error(
          `Not within ${timeoutMs} ms: ${what}; heard ${JSON.stringify(this.submissions)}`,
        );
      }
      await sleep(20);
    }
  }

  async close(): Promise<void> {
    for (const client of this.#sockets.clients) client.terminate();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #send(type: string, message: Readonly<Record<string, unknown>>): string {
    this.#messages += 1;
    const { clusterArn, containerInstanceArn } = this;
    const messageId = `m${this.#messages}`;
    const whole = { clusterArn, containerInstanceArn, messageId, ...message };
    this.#command?.send(JSON.stringify({ type, message: whole }));
    return messageId;
  }

  #connected(request: IncomingMessage, webSocket: WebSocket): void {
    const { searchParams } = new URL(request.url ?? "/", this.endpoint);
    const stream = this.streams.get(searchParams.get(STREAM_PARAMETER) ?? "");
    if (stream) return this.#streamConnected(stream, webSocket);
    this.handshakes.push(request);
    const isCommand = request.url?.includes("clusterArn=") ?? false;
    const frames = isCommand ? this.commands : this.telemetry;
    if (isCommand) this.#command = webSocket;
    webSocket.on("message", (data) => {
      const text = (data as Buffer).toString();
      const frame = JSON.parse(text.slice(text.indexOf("{"))) as Frame;
      frames.push(frame);
    });
  }

  #streamConnected(stream: StreamFrame[], webSocket: WebSocket): void {
    webSocket.on("message", (data) => {
      const { message } = JSON.parse((data as Buffer).toString()) as { message: StreamFrame };
      stream.push(message);
      if (message.kind === "closed") webSocket.close();
    });
  }

  #protection({ tasks }: { readonly tasks: readonly string[] }): object {
    return {
      protectedTasks: tasks.map((taskArn) => ({
        taskArn,
        protectionEnabled: this.protectedTasks.has(taskArn),
      })),
      failures: [],
    };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
    const input = await json(request);
    response.setHeader("content-type", "application/x-amz-json-1.1");
    response.statusCode = this.isFailing ? 500 : 200;
    const fault = { __type: "ServerException", message: "not now" };
    response.end(JSON.stringify(this.isFailing ? fault : this.#reply(operation, input)));
  }

  #reply(operation: string, input: unknown): object {
    switch (operation) {
      case "RegisterContainerInstance": {
        const registration = input as Registration;
        this.registrations.push(registration);
        const { containerInstanceArn } = this;
        return { containerInstance: { containerInstanceArn, attributes: registration.attributes } };
      }
      case "DiscoverPollEndpoint":
        return { endpoint: this.endpoint, telemetryEndpoint: this.endpoint };
      case "SubmitTaskStateChange":
        this.submissions.push(input as Submission);
        return { acknowledgment: "" };
      case "ListTagsForResource":
        return { tags: [{ key: "of", value: (input as { resourceArn: string }).resourceArn }] };
      case "UpdateTaskProtection":
        for (const task of (input as { tasks: string[] }).tasks) this.protectedTasks.add(task);
        return this.#protection(input as { tasks: string[] });
      case "GetTaskProtection":
        return this.#protection(input as { tasks: string[] });
      default:
        throw new Error(`The agent does not call ${operation}`);
    }
  }
}

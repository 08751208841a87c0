import type {
  AcsRequest,
  Envelope,
  IAMRoleCredentialsMessage,
  PayloadMessage,
  RoleCredentials,
  TaskIdentifier,
  TaskManifestMessage,
  TaskStopVerificationAck,
} from "@berth/contracts/agent/messages";
import type { OpenStreamMessage } from "@berth/contracts/stream/frames";
import { type AcceptedTask, acceptTask } from "../accept.ts";
import { isWhole, type RoleKeeper } from "../endpoints/role-keeper.ts";
import type { Log } from "../log.ts";
import type { ManagedTask } from "../state.ts";

/** What commands act on. */
export interface CommandTarget {
  readonly tasks: readonly ManagedTask[];
  accept(tasks: readonly ManagedTask["payload"][]): Promise<void>;
  refuse(taskArn: string, reason: string): void;
  stopTask(taskArn: string): void;
}

export interface CommandHandlerParts {
  readonly target: CommandTarget;
  readonly roles: RoleKeeper;
  /** The highest manifest number that is on record. */
  readonly timeline: number;
  saveTimeline(timeline: number): Promise<void>;
  /** The moment to look after oneself, and to say over telemetry what was found. */
  onHeartbeat(): void;
  /** A client waits for a session. */
  onOpenStream(asked: OpenStreamMessage["message"]): void;
  readonly log: Log;
}

/** Acts on what comes over the command socket, and answers through `send`. */
export class CommandHandler {
  readonly #parts: CommandHandlerParts;
  /** The highest number seen in payloads and manifests: older manifests are out of date. */
  #mark: number;
  #verifying: { readonly messageId: string; readonly taskArns: ReadonlySet<string> } | undefined;

  constructor(parts: CommandHandlerParts) {
    this.#parts = parts;
    this.#mark = parts.timeline;
  }

  /** Whether the message is one that the agent knows. Answers may follow later. */
  handle(text: string, send: (request: AcsRequest) => void): boolean {
    const envelope = parseEnvelope(text);
    switch (envelope?.type) {
      case "HeartbeatMessage":
        this.#heartbeat(envelope, send);
        return true;
      case "PayloadMessage":
        this.#run("payload", this.#payload(envelope, send));
        return true;
      case "TaskManifestMessage":
        this.#run("manifest", this.#manifest(envelope, send));
        return true;
      case "TaskStopVerificationAck":
        this.#stopVerified(envelope);
        return true;
      case "IAMRoleCredentialsMessage":
        this.#renewRole(envelope, send);
        return true;
      case "OpenStreamMessage":
        this.#openStream(envelope);
        return true;
      case "CloseMessage":
      case "ErrorMessage":
        return true;
      case undefined:
      default:
        return this.#unknown(envelope);
    }
  }

  #unknown(envelope: Envelope | undefined): false {
    this.#parts.log.warn("message-unknown", { type: envelope?.type ?? "none" });
    return false;
  }

  #heartbeat({ message }: Envelope, send: (request: AcsRequest) => void): void {
    const { messageId = "" } = asObject<{ messageId: string }>(message);
    send({ type: "HeartbeatAckRequest", message: { messageId } });
    this.#parts.onHeartbeat();
  }

  /** Stops come before starts: they make room. A task that cannot be read costs the ack only. */
  async #payload({ message }: Envelope, send: (request: AcsRequest) => void): Promise<void> {
    const payload = asObject<PayloadMessage["message"]>(message);
    if (!isAddressed(payload)) return this.#incomplete("payload");
    this.#mark = Math.max(this.#mark, payload.seqNum ?? -1);
    const results = (payload.tasks ?? []).map((task) => this.#accept(task));
    const refused = results.filter((result) => result.kind === "refused");
    for (const { arn, reason } of refused) {
      this.#parts.log.warn("task-refused", { task: arn ?? "unknown", reason });
      if (arn !== undefined) this.#parts.target.refuse(arn, reason);
    }
    const accepted = results.flatMap((result) =>
      result.kind === "task" ? [this.#parts.roles.take(result.task)] : [],
    );
    const tasks = accepted.map(({ task }) => task);
    const stops = tasks.filter(({ desiredStatus }) => desiredStatus === "STOPPED");
    const starts = tasks.filter(({ desiredStatus }) => desiredStatus === "RUNNING");
    const accepting = this.#parts.target.accept([...stops, ...starts]);
    this.#parts.roles.keepOnly(new Set(this.#parts.target.tasks.map(({ arn }) => arn)));
    await accepting;
    if (refused.length === 0) send(ackOf(payload));
    for (const credentials of accepted.flatMap(({ taken }) => taken)) {
      send(credentialsAck(payload.messageId, credentials));
    }
  }

  #accept(payload: unknown): AcceptedTask {
    const result = acceptTask(payload);
    if (result.kind === "refused") return result;
    const problem = this.#parts.roles.problemOf(result.task);
    if (problem === undefined) return result;
    return { kind: "refused", arn: result.task.arn, reason: `UnrecogniedTaskError: ${problem}` };
  }

  /** Of a task that is not here (any more) nothing is kept, and nothing said. */
  #renewRole({ message }: Envelope, send: (request: AcsRequest) => void): void {
    const { messageId, taskArn, roleType, roleCredentials } =
      asObject<IAMRoleCredentialsMessage["message"]>(message);
    if (!messageId || !taskArn || !roleType || !isWhole(roleCredentials)) {
      return this.#incomplete("credentials");
    }
    if (!this.#parts.target.tasks.some(({ arn }) => arn === taskArn)) return;
    this.#parts.roles.renew(taskArn, roleType, roleCredentials);
    send(credentialsAck(messageId, roleCredentials));
  }

  /** Offers to stop what runs here without being in the list; the answer says whether to. */
  async #manifest({ message }: Envelope, send: (request: AcsRequest) => void): Promise<void> {
    const manifest = asObject<TaskManifestMessage["message"]>(message);
    if (!isAddressed(manifest) || manifest.timeline === undefined)
      return this.#incomplete("manifest");
    if (manifest.timeline <= this.#mark) return;
    this.#mark = manifest.timeline;
    const wanted = new Set(
      (manifest.tasks ?? []).flatMap((task) =>
        task.desiredStatus === "RUNNING" ? [task.taskArn] : [],
      ),
    );
    const unwanted = this.#parts.target.tasks.filter(
      ({ arn, desiredStatus }) => desiredStatus === "RUNNING" && !wanted.has(arn),
    );
    await this.#parts.saveTimeline(manifest.timeline);
    send(ackOf(manifest));
    if (unwanted.length === 0) return;
    const { messageId } = manifest;
    this.#verifying = { messageId, taskArns: new Set(unwanted.map(({ arn }) => arn)) };
    const stopCandidates = unwanted.map((task) => stopCandidate(task, manifest.clusterArn));
    send({ type: "TaskStopVerificationMessage", message: { messageId, stopCandidates } });
  }

  #stopVerified({ message }: Envelope): void {
    const { messageId, stopTasks = [] } = asObject<TaskStopVerificationAck["message"]>(message);
    if (messageId === undefined || messageId !== this.#verifying?.messageId) return;
    for (const { taskArn } of stopTasks) {
      if (this.#verifying.taskArns.has(taskArn)) this.#parts.target.stopTask(taskArn);
    }
    this.#verifying = undefined;
  }

  #openStream({ message }: Envelope): void {
    const { sessionId, taskArn, request } = asObject<OpenStreamMessage["message"]>(message);
    if (!sessionId || !taskArn || !request) return this.#incomplete("stream");
    this.#parts.onOpenStream({ sessionId, taskArn, request });
  }

  #run(what: string, work: Promise<void>): void {
    work.catch((error: unknown) => this.#parts.log.error("message-failed", { what, error }));
  }

  #incomplete(what: string): void {
    this.#parts.log.warn("message-incomplete", { what });
  }
}

interface Addressed {
  readonly messageId: string;
  readonly clusterArn: string;
  readonly containerInstanceArn: string;
}

const isAddressed = <T extends Addressed>(message: Partial<T>): message is Partial<T> & Addressed =>
  Boolean(message.messageId && message.clusterArn && message.containerInstanceArn);

const ackOf = ({ clusterArn, containerInstanceArn, messageId }: Addressed): AcsRequest => ({
  type: "AckRequest",
  message: { cluster: clusterArn, containerInstance: containerInstanceArn, messageId },
});

const credentialsAck = (
  messageId: string,
  { credentialsId, expiration }: RoleCredentials,
): AcsRequest => ({
  type: "IAMRoleCredentialsAckRequest",
  message: { messageId, credentialsId, expiration },
});

const stopCandidate = (task: ManagedTask, clusterArn: string): TaskIdentifier => ({
  taskArn: task.arn,
  taskClusterArn: task.payload.taskClusterArn ?? clusterArn,
  desiredStatus: "STOPPED",
});

function parseEnvelope(text: string): Envelope | undefined {
  try {
    const parsed = asObject<Envelope>(JSON.parse(text));
    return typeof parsed.type === "string"
      ? { type: parsed.type, message: parsed.message }
      : undefined;
  } catch {
    return undefined;
  }
}

const asObject = <T>(value: unknown): Partial<T> =>
  typeof value === "object" && value !== null ? value : {};

import { z } from "zod";
import { faultsOfPayload } from "./payload-rules.ts";

/** One frame as it came over a socket. */
export interface Frame {
  readonly type: string;
  readonly message: Readonly<Record<string, unknown>>;
}

export type SocketKind = "acs" | "tcs";

/** What API Gateway carries. Source: API Gateway developer guide, WebSocket quotas. */
const MAX_BYTES = 128 * 1024;

const text = z.string().min(1);
const whole = z.int().positive();
const arnOf = (type: string) =>
  z.string().regex(new RegExp(`^arn:[a-z-]+:ecs:[a-z0-9-]+:\\d{12}:${type}/.+$`));
const address = {
  clusterArn: arnOf("cluster"),
  containerInstanceArn: arnOf("container-instance"),
  messageId: text,
};
/** An entry without either crashes the real agent. */
const identifier = z.looseObject({
  taskArn: arnOf("task"),
  desiredStatus: z.enum(["RUNNING", "STOPPED"]),
});
const ack = z.looseObject({ message: z.string() });

/** What must be in the messages that Berth sends: section 4.2, with what crashes a real agent if it is missing. */
const MESSAGES: Readonly<Record<SocketKind, ReadonlyMap<string, z.ZodType>>> = {
  acs: new Map<string, z.ZodType>([
    ["HeartbeatMessage", z.looseObject({ messageId: text, healthy: z.boolean() })],
    [
      "PayloadMessage",
      z.looseObject({
        ...address,
        seqNum: whole,
        generatedAt: whole,
        tasks: z.array(z.unknown()).min(1),
      }),
    ],
    [
      "IAMRoleCredentialsMessage",
      z.looseObject({
        messageId: text,
        taskArn: arnOf("task"),
        roleType: z.enum(["TaskApplication", "TaskExecution"]),
        roleCredentials: z.looseObject({ credentialsId: text }),
      }),
    ],
    [
      "TaskManifestMessage",
      z.looseObject({
        ...address,
        generatedAt: whole,
        timeline: whole,
        tasks: z.array(identifier),
      }),
    ],
    [
      "TaskStopVerificationAck",
      z.looseObject({
        messageId: text,
        generatedAt: whole,
        stopTasks: z.array(z.looseObject({ taskArn: text })),
      }),
    ],
    ["CloseMessage", z.looseObject({ message: z.string() })],
    ["ErrorMessage", z.looseObject({ message: z.string() })],
  ]),
  tcs: new Map<string, z.ZodType>([
    ["HeartbeatMessage", z.looseObject({ healthy: z.boolean() })],
    ["AckPublishMetric", ack],
    ["AckPublishHealth", ack],
    ["AckPublishInstanceStatus", ack],
    ["StopTelemetrySessionMessage", z.looseObject({ message: z.string() })],
  ]),
};

const envelope = z.strictObject({ type: text, message: z.record(z.string(), z.unknown()) });

/** A frame, or undefined where it is none; and what is wrong with it, in words. */
export interface ReadFrame {
  readonly frame: Frame | undefined;
  readonly faults: readonly string[];
}

/** Reads one text message from the control plane as the real agent does. */
export function readFrame(kind: SocketKind, data: string): ReadFrame {
  const parsed = envelope.safeParse(jsonOf(data));
  if (!parsed.success) return { frame: undefined, faults: [`no envelope: ${data.slice(0, 100)}`] };
  const frame = parsed.data;
  const bytes = Buffer.byteLength(data);
  return {
    frame,
    faults: [
      ...(bytes > MAX_BYTES ? [`${frame.type} has ${bytes} bytes`] : []),
      ...faultsOfMessage(kind, frame),
    ],
  };
}

function faultsOfMessage(kind: SocketKind, { type, message }: Frame): readonly string[] {
  const schema = MESSAGES[kind].get(type);
  if (!schema) return [`${type} is no message of this socket`];
  const { error } = schema.safeParse(message);
  const missing = (error?.issues ?? []).map(
    (issue) => `${type}: ${issue.path.join(".")}: ${issue.message}`,
  );
  return type === "PayloadMessage" ? [...missing, ...faultsOfPayload(message)] : missing;
}

function jsonOf(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

/**
 * The high-water mark that an agent keeps over all its connections (section 4.4). Payloads raise it;
 * a manifest that is not above it is dropped without an answer.
 */
export class SequenceMark {
  #mark = -1;

  /** What is wrong with the number of this frame. */
  raise({ type, message }: Frame): readonly string[] {
    const number = numberOf(type, message);
    if (typeof number !== "number") return [];
    const before = this.#mark;
    this.#mark = Math.max(before, number);
    return number > before ? [] : [`${type} has number ${number}, and ${before} was sent before`];
  }
}

function numberOf(type: string, message: Frame["message"]): unknown {
  if (type === "PayloadMessage") return message["seqNum"];
  return type === "TaskManifestMessage" ? message["timeline"] : undefined;
}

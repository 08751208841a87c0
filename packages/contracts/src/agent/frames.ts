import { z } from "zod";
import { streamFrame } from "../stream/frames.ts";
import type { Envelope } from "./messages.ts";

const taskIdentifiers = z.array(
  z.looseObject({
    taskArn: z.string(),
    taskClusterArn: z.string().optional(),
    desiredStatus: z.string().optional(),
  }),
);
const instanceStatus = z.looseObject({
  type: z.string(),
  status: z.enum(["OK", "IMPAIRED", "INITIALIZING", "INSUFFICIENT_DATA"]),
  lastUpdated: z.number().nonnegative().optional(),
  lastStatusChange: z.number().nonnegative().optional(),
});
const healthReport = z.looseObject({
  taskArn: z.string(),
  containers: z.array(
    z.looseObject({
      containerName: z.string(),
      healthStatus: z.enum(["HEALTHY", "UNHEALTHY", "UNKNOWN"]),
    }),
  ),
});

/** What the control plane reads of the frames that it acts on. Others pass as they are. */
const MESSAGES: Readonly<Record<string, z.ZodType>> = {
  AckRequest: z.looseObject({ messageId: z.string() }),
  HeartbeatAckRequest: z.looseObject({ messageId: z.string() }),
  TaskStopVerificationMessage: z.looseObject({
    messageId: z.string(),
    stopCandidates: taskIdentifiers.optional(),
  }),
  PublishInstanceStatusRequest: z.looseObject({ statuses: z.array(instanceStatus).optional() }),
  PublishMetricsRequest: z.looseObject({}),
  Stream: streamFrame,
  PublishHealthRequest: z.looseObject({ tasks: z.array(healthReport).optional() }),
};

/** Made once: zod compiles it, which takes longer than reading a frame. */
const ENVELOPE = z.object({ type: z.string(), message: z.unknown() });

/**
 * Reads one text frame from an agent, or undefined where it is none that may be acted on. A TCS
 * frame has a signed header block before its JSON, which ends at the first blank line.
 */
export function parseAgentFrame(text: string): Envelope | undefined {
  const frame = parseJson(withoutHeaders(text));
  const envelope = ENVELOPE.safeParse(frame);
  if (!envelope.success) return undefined;
  const { type, message } = envelope.data;
  const schema = Object.hasOwn(MESSAGES, type) ? MESSAGES[type] : undefined;
  if (schema && !schema.safeParse(message).success) return undefined;
  return { type, message };
}

function withoutHeaders(text: string): string {
  if (text.startsWith("{")) return text;
  const end = text.indexOf("\r\n\r\n");
  return end < 0 ? text : text.slice(end + 4);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

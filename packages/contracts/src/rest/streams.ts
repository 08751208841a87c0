import { z } from "zod";

/** How long a session may be asked for before its client dials. */
export const STREAM_DIAL_MS = 60_000;

const MAX_COMMAND_PARTS = 256;
const MAX_COMMAND_CHARACTERS = 16 * 1024;

const container = z.string().min(1).max(255);

/** Body of `POST /v1/tasks/{task}/exec`. */
export const execBody = z.strictObject({
  container: container.optional(),
  command: z
    .array(z.string().max(MAX_COMMAND_CHARACTERS))
    .min(1)
    .max(MAX_COMMAND_PARTS)
    .refine(
      (parts) => parts.join("").length <= MAX_COMMAND_CHARACTERS,
      `must not be longer than ${MAX_COMMAND_CHARACTERS} characters`,
    )
    .refine(([program]) => program !== "", "must name a program"),
  tty: z.boolean().default(false),
});
export type ExecBody = z.infer<typeof execBody>;

/** Body of `POST /v1/tasks/{task}/logs`. */
export const logsBody = z.strictObject({
  container: container.optional(),
  follow: z.boolean().default(false),
  tail: z.int().min(0).max(1_000_000).optional(),
  since: z.iso.datetime().optional(),
});
export type LogsBody = z.infer<typeof logsBody>;

/** Body of `POST /v1/tasks/{task}/port-forward`. */
export const portForwardBody = z.strictObject({
  container: container.optional(),
  port: z.int().min(1).max(65_535),
});
export type PortForwardBody = z.infer<typeof portForwardBody>;

/** What they answer: where to dial, and what to show there as `Authorization: Bearer`, once and soon. */
export const streamTicket = z.strictObject({
  sessionId: z.string(),
  streamUrl: z.string(),
  token: z.string(),
  expiresAt: z.iso.datetime(),
});
export type StreamTicket = z.infer<typeof streamTicket>;

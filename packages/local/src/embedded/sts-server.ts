import { createServer, type Server, type ServerResponse } from "node:http";
import type { AssumedRole, TemporaryKeys } from "@berth/control-plane/context";
import { isRoleArn } from "@berth/domain/role-arn";
import { z } from "zod";
import { readBody } from "../http/body.ts";
import { listenOnSocket } from "./listen-on-socket.ts";

/** What gives out the keys: it throws where it cannot. */
export type IssueKeys = (role: AssumedRole) => Promise<TemporaryKeys>;

const MAX_REQUEST_BYTES = 16 * 1024;

const assumeRole = z
  .object({
    Action: z.literal("AssumeRole"),
    RoleArn: z.string().refine(isRoleArn),
    RoleSessionName: z.string().regex(/^[\w+=,.@-]{2,64}$/),
    DurationSeconds: z.coerce.number().int().min(1).max(3_600),
  })
  .transform(({ RoleArn, RoleSessionName, DurationSeconds }) => ({
    roleArn: RoleArn,
    sessionName: RoleSessionName,
    durationMs: DurationSeconds * 1_000,
  }));

type Refusal = "AccessDenied" | "ValidationError";

/**
 * As much of STS as Berth calls, on a Unix socket: AssumeRole, in its query protocol. It authenticates
 * nobody (ADR 0005): who reaches the socket reads the data directory as well.
 */
export async function startSts(
  socketPath: string,
  issue: IssueKeys,
  onRefused: (roleArn: string, error: unknown) => void,
): Promise<Server> {
  const server = createServer((request, response) => {
    readBody(request, MAX_REQUEST_BYTES)
      .then(async (body) => {
        const given = body === "tooLarge" ? "" : body.toString("utf8");
        const role = assumeRole.safeParse(Object.fromEntries(new URLSearchParams(given)));
        if (!role.success) return refuse(response, "ValidationError");
        return respond(response, issue, { role: role.data, onRefused });
      })
      .catch(() => response.destroy());
  });
  await listenOnSocket(server, socketPath);
  return server;
}

async function respond(
  response: ServerResponse,
  issue: IssueKeys,
  given: {
    readonly role: AssumedRole;
    readonly onRefused: (roleArn: string, error: unknown) => void;
  },
): Promise<void> {
  try {
    write(response, 200, answer(await issue(given.role)));
  } catch (error) {
    given.onRefused(given.role.roleArn, error);
    refuse(response, "AccessDenied");
  }
}

const NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";

/** Base64, hex digits and a time: none of it needs to be escaped. */
const answer = ({ accessKeyId, secretAccessKey, sessionToken, expiresAt }: TemporaryKeys): string =>
  `<AssumeRoleResponse xmlns="${NAMESPACE}"><AssumeRoleResult><Credentials>` +
  `<AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey>` +
  `<SessionToken>${sessionToken}</SessionToken>` +
  `<Expiration>${new Date(expiresAt).toISOString()}</Expiration>` +
  `</Credentials></AssumeRoleResult></AssumeRoleResponse>`;

const refuse = (response: ServerResponse, code: Refusal): void =>
  write(
    response,
    code === "AccessDenied" ? 403 : 400,
    `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type><Code>${code}</Code>` +
      `<Message>${code}</Message></Error></ErrorResponse>`,
  );

function write(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "text/xml" });
  response.end(body);
}

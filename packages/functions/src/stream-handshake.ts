import { STREAM_PARAMETER } from "@berth/contracts/stream/frames";

interface Handshake {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>>;
}

/** Which stream session who dials is an end of; undefined for an agent's own two sockets. */
export const streamSessionOf = ({ queryStringParameters }: Handshake): string | undefined =>
  queryStringParameters?.[STREAM_PARAMETER];

/** What a client shows; undefined for agents, who sign. */
export function bearerTokenOf({ headers = {} }: Handshake): string | undefined {
  const [, value = ""] =
    Object.entries(headers).find(([name]) => name.toLowerCase() === "authorization") ?? [];
  return /^bearer +(\S+) *$/i.exec(value)?.[1];
}

/** What may be sent by an end of a stream session. */
export const isStreamFrame = (type: string): boolean => type === "Stream" || type === "StreamHello";

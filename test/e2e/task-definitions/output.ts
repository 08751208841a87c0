import type { Container } from "dockerode";

/** Each piece of what a container without a terminal writes has a header before it. */
const HEADER_BYTES = 8;
const LENGTH_OFFSET = 4;

/** All that a container wrote to either of its outputs, without the end of its last line. */
export async function outputOf(container: Container, hasTerminal: boolean): Promise<string> {
  const raw = await container.logs({ stdout: true, stderr: true, follow: false });
  const text = hasTerminal ? raw.toString() : withoutHeaders(raw);
  return text.replaceAll("\r", "").trimEnd();
}

function withoutHeaders(raw: Buffer): string {
  const pieces: Buffer[] = [];
  for (let at = 0; at + HEADER_BYTES <= raw.length;) {
    const end = at + HEADER_BYTES + raw.readUInt32BE(at + LENGTH_OFFSET);
    pieces.push(raw.subarray(at + HEADER_BYTES, end));
    at = end;
  }
  return Buffer.concat(pieces).toString();
}

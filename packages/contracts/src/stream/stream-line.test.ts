import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { StreamFrame } from "./frames.ts";
import { StreamLine } from "./stream-line.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A line on a socket of which everything is kept. */
function aLine() {
  const sent: unknown[] = [];
  const overs: string[] = [];
  const closes: true[] = [];
  const line = new StreamLine({
    socket: { send: (text) => sent.push(JSON.parse(text)), close: () => closes.push(true) },
    onOpen: () => undefined,
    onOver: (reason) => overs.push(reason),
  });
  const hear = (message: StreamFrame) => line.hear(JSON.stringify({ type: "Stream", message }));
  return { line, sent, overs, closes, hear };
}

describe("a line", () => {
  test("says that it is there where nothing else is said", () => {
    const { sent, hear } = aLine();
    for (let seq = 0; seq < 4; seq += 1) {
      vi.advanceTimersByTime(30_000);
      hear({ seq, kind: "ping" });
    }
    expect(sent).toHaveLength(4);
    expect(sent[0]).toEqual({ type: "Stream", message: { seq: 0, kind: "ping" } });
  });

  test("is over, once, where the other end says nothing any more", async () => {
    const { line, overs, closes } = aLine();
    const channel = line.link.open(0);
    vi.advanceTimersByTime(600_000);
    expect(overs).toEqual(["Nothing was heard of the other end for 90 s."]);
    expect(closes).toHaveLength(1);
    await expect(channel.write(Buffer.alloc(1))).rejects.toThrow("Nothing was heard");
  });

  test("is over where something was lost, and not where it is only late", () => {
    const late = aLine();
    late.hear({ seq: 1, kind: "ping" });
    vi.advanceTimersByTime(20_000);
    late.hear({ seq: 0, kind: "ping" });
    vi.advanceTimersByTime(60_000);
    expect(late.overs).toEqual([]);
    const lossy = aLine();
    lossy.hear({ seq: 1, kind: "ping" });
    vi.advanceTimersByTime(40_000);
    expect(lossy.overs).toEqual(["Something of the session was lost on its way."]);
  });

  test("is over for the reason that the control plane gives", () => {
    const { line, overs } = aLine();
    line.hear(JSON.stringify({ type: "StreamEnded", message: { reason: "The agent went away." } }));
    line.end("later");
    expect(overs).toEqual(["The agent went away."]);
  });

  test("is over where the other end says what it may not", () => {
    const { hear, overs } = aLine();
    hear({ seq: 0, kind: "open", channel: 7 });
    hear({ seq: 1, kind: "open", channel: 7 });
    expect(overs).toEqual(["Channel 7 is open already."]);
  });

  test.each(["", "nonsense", '{"message":"Internal server error"}', '{"type":"Stream"}'])(
    "takes %j for nothing of the session's",
    (text) => {
      const { line, overs } = aLine();
      line.hear(text);
      expect(overs).toEqual([]);
    },
  );
});

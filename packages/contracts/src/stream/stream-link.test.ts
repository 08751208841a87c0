import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Channel } from "./channel.ts";
import { WINDOW } from "./credit.ts";
import { MAX_CHANNELS, streamFrame, type StreamFrame } from "./frames.ts";
import { StreamLink } from "./stream-link.ts";

/** Two ends whose frames arrive at once; what was sent is kept. */
function aPair(): {
  readonly left: StreamLink;
  readonly right: StreamLink;
  readonly frames: StreamFrame[];
  readonly opened: Channel[];
} {
  const frames: StreamFrame[] = [];
  const opened: Channel[] = [];
  const deliver = (to: () => StreamLink) => (frame: StreamFrame) => {
    frames.push(streamFrame.parse(JSON.parse(JSON.stringify(frame))));
    to().receive(frame);
  };
  const left: StreamLink = new StreamLink({ send: deliver(() => right) });
  const right = new StreamLink({
    send: deliver(() => left),
    onOpen: (channel) => opened.push(channel),
  });
  return { left, right, frames, opened };
}

const dataOf = (frames: readonly StreamFrame[]): number =>
  frames.reduce(
    (sum, frame) => sum + (frame.kind === "data" ? Buffer.byteLength(frame.data, "base64") : 0),
    0,
  );

describe("a channel", () => {
  test("lets no more onto its way than a window while nobody reads", async () => {
    const { left, frames, opened } = aPair();
    const written = left.open(0).write(Buffer.alloc(4 * WINDOW));
    await turn();
    expect(dataOf(frames)).toBeLessThanOrEqual(WINDOW);
    const [reader] = opened;
    let read = 0;
    for await (const piece of reader ?? []) {
      read += piece.length;
      if (read === 4 * WINDOW) break;
    }
    await written;
  });

  test("bounds the number of small frames as well", async () => {
    const { left, frames } = aPair();
    const channel = left.open(0);
    const writing = (async () => {
      for (let count = 0; count < 10_000; count += 1) await channel.write(Buffer.from("x"));
    })();
    writing.catch(() => undefined);
    await turn();
    expect(frames.length).toBeLessThan(1_100);
    left.fail("over");
    await expect(writing).rejects.toThrow("over");
  });

  test("does not hold up another one that nobody reads", async () => {
    const { left, opened } = aPair();
    void left.open(0).write(Buffer.alloc(4 * WINDOW));
    const second = left.open(1);
    await second.write(Buffer.from("through"));
    second.end();
    const pieces: string[] = [];
    for await (const piece of opened[1] ?? []) pieces.push(piece.toString());
    expect(pieces).toEqual(["through"]);
  });

  test("tells writer and reader why it is over", async () => {
    const { left, opened } = aPair();
    const channel = left.open(0);
    const writing = channel.write(Buffer.alloc(4 * WINDOW));
    opened[0]?.reset("connection refused");
    await expect(writing).rejects.toThrow("connection refused");
    await expect(channel[Symbol.asyncIterator]().next()).rejects.toThrow("connection refused");
  });

  test("is read to its end though the link is over by then", async () => {
    const { left, opened } = aPair();
    const channel = left.open(0);
    const reading = channel[Symbol.asyncIterator]();
    const [far] = opened;
    const first = reading.next();
    far?.end();
    left.fail("over");
    expect(await first).toMatchObject({ done: true });
  });

  test("is read to its end where only one direction is over", async () => {
    const { left, opened } = aPair();
    const channel = left.open(0);
    channel.end();
    const [far] = opened;
    await far?.write(Buffer.from("answer"));
    far?.end();
    const pieces: string[] = [];
    for await (const piece of channel) pieces.push(piece.toString());
    expect(pieces).toEqual(["answer"]);
  });
});

describe("a link", () => {
  test("refuses one channel too many, and goes on with the others", async () => {
    const { left, opened } = aPair();
    const channels = Array.from({ length: MAX_CHANNELS + 1 }, (_, id) => left.open(id));
    await expect(channels.at(-1)?.write(Buffer.alloc(1))).rejects.toThrow("at once");
    expect(opened).toHaveLength(MAX_CHANNELS);
    left.open(MAX_CHANNELS + 1);
    channels[0]?.reset("done");
    const next = left.open(MAX_CHANNELS + 2);
    await next.write(Buffer.from("in its place"));
    expect(opened).toHaveLength(MAX_CHANNELS + 1);
  });

  test("does not take more than may be sent", () => {
    const { right } = aPair();
    const data = Buffer.alloc(60_000).toString("base64");
    right.receive({ seq: 0, kind: "open", channel: 0 });
    expect(() => {
      for (let seq = 1; seq < 20; seq += 1) right.receive({ seq, kind: "data", channel: 0, data });
    }).toThrow("More was sent than may be.");
  });

  test("does not keep everything for a frame that never comes", () => {
    const { right } = aPair();
    expect(() => {
      for (let seq = 1; seq < 100_000; seq += 1) right.receive({ seq, kind: "ping" });
    }).toThrow("Too much came before frame 0.");
    expect(right.missing).toBe(0);
  });

  test("ends every channel once it is over, those too that are opened later", async () => {
    const { left } = aPair();
    const before = left.open(0);
    left.fail("the agent went away");
    await expect(before.write(Buffer.alloc(1))).rejects.toThrow("the agent went away");
    await expect(left.open(1).write(Buffer.alloc(1))).rejects.toThrow("the agent went away");
  });
});

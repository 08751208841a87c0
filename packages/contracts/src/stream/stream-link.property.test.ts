import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Channel } from "./channel.ts";
import { WINDOW } from "./credit.ts";
import type { StreamFrame } from "./frames.ts";
import { StreamLink } from "./stream-link.ts";

/** Frames on their way, which arrive in any order. */
class Network {
  readonly #underway: { readonly to: () => StreamLink; readonly frame: StreamFrame }[] = [];
  mostBytes = 0;

  carry(to: () => StreamLink): (frame: StreamFrame) => void {
    return (frame) => {
      this.#underway.push({ to, frame });
      this.mostBytes = Math.max(this.mostBytes, this.#bytes());
    };
  }

  /** Delivers one, and again where it is to come twice. */
  deliver(pick: number, twice: boolean): boolean {
    const [one] = this.#underway.splice(pick % Math.max(1, this.#underway.length), 1);
    if (!one) return false;
    one.to().receive(one.frame);
    if (twice) one.to().receive(one.frame);
    return true;
  }

  #bytes(): number {
    const frames = this.#underway.map(({ frame }) => (frame.kind === "data" ? frame.data : ""));
    return frames.reduce((sum, data) => sum + Buffer.byteLength(data, "base64"), 0);
  }
}

const chunks = fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 12 });
const picks = fc.array(fc.tuple(fc.nat(), fc.boolean()), { minLength: 1, maxLength: 64 });

test("whatever order frames arrive in, the bytes come out as they went in, and no window is exceeded", async () => {
  await fc.assert(
    fc.asyncProperty(chunks, chunks, picks, async (there, back, order) => {
      const network = new Network();
      const opened = Promise.withResolvers<Channel>();
      const left: StreamLink = new StreamLink({ send: network.carry(() => right) });
      const right = new StreamLink({
        send: network.carry(() => left),
        onOpen: (channel) => opened.resolve(channel),
      });
      const near = left.open(0, "web");
      const progress = { isDone: false };
      const running = exchange(near, opened.promise, { there, back }).finally(() => {
        progress.isDone = true;
      });
      for (let turn = 0; !progress.isDone; turn += 1) {
        const [pick, twice] = order[turn % order.length] ?? [0, false];
        network.deliver(pick, twice);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await running;
      expect(network.mostBytes).toBeLessThanOrEqual(2 * WINDOW);
    }),
    { numRuns: 50 },
  );
});

interface Sizes {
  readonly there: readonly number[];
  readonly back: readonly number[];
}

/** Writes and reads on both ends at once, as it comes. */
async function exchange(near: Channel, opened: Promise<Channel>, sizes: Sizes): Promise<void> {
  const far = opened.then(async (channel) => {
    expect(channel.container).toBe("web");
    const [heard] = await Promise.all([readAll(channel), writeAll(channel, sizes.back)]);
    return heard;
  });
  const [heardBack, , heardThere] = await Promise.all([
    readAll(near),
    writeAll(near, sizes.there),
    far,
  ]);
  expect(heardThere.equals(pattern(sizes.there))).toBe(true);
  expect(heardBack.equals(pattern(sizes.back))).toBe(true);
}

async function writeAll(channel: Channel, sizes: readonly number[]): Promise<void> {
  let at = 0;
  const bytes = pattern(sizes);
  for (const size of sizes) {
    await channel.write(bytes.subarray(at, at + size));
    at += size;
  }
  channel.end();
}

async function readAll(channel: Channel): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of channel) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Bytes that are not the same a frame later. */
function pattern(sizes: readonly number[]): Buffer {
  const length = sizes.reduce((sum, size) => sum + size, 0);
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) bytes[at] = (at * 31 + (at >> 8)) % 251;
  return bytes;
}

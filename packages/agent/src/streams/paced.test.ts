import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { paced } from "./paced.ts";

test("what comes in crumbs goes on in pieces, whole and in order", async () => {
  const stream = new PassThrough();
  const crumbs = Array.from({ length: 2_000 }, (_, index) => `line ${index}\n`);
  void (async () => {
    for (const crumb of crumbs) {
      stream.write(crumb);
      await new Promise((resolve) => setImmediate(resolve));
    }
    stream.end();
  })();
  const pieces: Buffer[] = [];
  for await (const piece of paced(stream)) pieces.push(piece);
  expect(Buffer.concat(pieces).toString()).toBe(crumbs.join(""));
  expect(pieces.length).toBeLessThan(crumbs.length / 2);
});

import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { within } from "./within.ts";

test("gives the answer that comes in time", async () => {
  expect(await within(60_000, async () => "answer")).toBe("answer");
});

test("hands on the failure of the call itself", async () => {
  const refused = within(60_000, () => Promise.reject(new Error("refused")));
  await expect(refused).rejects.toThrow("refused");
});

test("does not wait for a call that never listens to its signal", async () => {
  const never = within(5, () => new Promise(() => undefined));
  await expect(never).rejects.toThrow("no answer within 0.005 s");
});

test("tells the call to give up", async () => {
  let told = false;
  const listening = within(5, async (signal) => {
    await delay(60_000, undefined, { signal }).catch(() => (told = true));
  });
  await expect(listening).rejects.toThrow("no answer");
  await expect.poll(() => told).toBe(true);
});

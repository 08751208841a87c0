import { EcsError } from "@berth/domain/errors";
import { beforeEach, describe, expect, it } from "vitest";
import { createAnswerMemory, SIGNATURES } from "./answer-memory.ts";
import type { AnswerMemory } from "./answer-memory.ts";

const MINUTE = 60_000;
let now: number;
let runs: number;
let memory: AnswerMemory<string>;

beforeEach(() => {
  [now, runs] = [0, 0];
  memory = createAnswerMemory(() => now, SIGNATURES);
});

const run = () => Promise.resolve(`answer ${(runs += 1)}`);
const refuse = () => Promise.reject(new EcsError("ClientException", `no ${(runs += 1)}`));
const fail = () => Promise.reject(new Error("no table"));
const REFUSED = { code: "InvalidSignatureException" };

describe("a signature", () => {
  it("is answered once, also for those who ask at the same time", async () => {
    const answers = await Promise.all([memory.once("s", run), memory.once("s", run)]);
    expect(answers).toEqual(["answer 1", "answer 1"]);
    expect(await memory.once("other", run)).toBe("answer 2");
  });

  it("gets its answer again for three seconds, and is refused from then on", async () => {
    await memory.once("s", run);
    now = 2999;
    expect(await memory.once("s", run)).toBe("answer 1");
    now = 3000;
    await expect(memory.once("s", run)).rejects.toMatchObject(REFUSED);
    now = 10 * MINUTE - 1;
    await expect(memory.once("s", run)).rejects.toMatchObject(REFUSED);
    expect(runs).toBe(1);
  });

  it("is forgotten when it is too old to be taken anyway", async () => {
    await memory.once("s", run);
    now = 10 * MINUTE;
    expect(await memory.once("s", run)).toBe("answer 2");
  });

  it("that was refused stays refused", async () => {
    await expect(memory.once("s", refuse)).rejects.toThrow("no 1");
    await expect(memory.once("s", refuse)).rejects.toThrow("no 1");
  });

  it("may be tried again after a fault of ours", async () => {
    await expect(memory.once("s", fail)).rejects.toThrow("no table");
    expect(await memory.once("s", run)).toBe("answer 1");
  });

  it("is one of the last 50,000: memory has an end", async () => {
    await memory.once("first", run);
    now = 3000;
    for (let count = 1; count < 50_000; count += 1) await memory.once(`s${count}`, run);
    await expect(memory.once("first", run)).rejects.toMatchObject(REFUSED);
    await memory.once("one more", run);
    expect(await memory.once("first", run)).toBe("answer 50002");
  });
});

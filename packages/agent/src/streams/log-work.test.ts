import { Readable } from "node:stream";
import { OutputReader, packOutput } from "@berth/contracts/stream/output-record";
import { expect, test } from "vitest";
import type { ContainerState } from "../state.ts";
import { allOf, aRunningContainer, StreamStage } from "../testing/stream-stage.ts";
import type { ContainerStreams, WantedLogs } from "./container-streams.ts";
import { LogWork } from "./log-work.ts";

const timeOf = (second: number) => `2026-01-02T03:04:${String(second).padStart(2, "0")}.000000001Z`;
const line = (second: number, text: string) =>
  packOutput({ source: "stdout", bytes: Buffer.from(`${timeOf(second)} ${text}\n`) });

/** An engine whose logs are these, one after the other as they are asked for. */
function anEngine(...runs: readonly (readonly Buffer[])[]) {
  const asked: Omit<WantedLogs, "signal">[] = [];
  const signals: AbortSignal[] = [];
  const engine: Pick<ContainerStreams, "logs"> = {
    logs: async (_dockerId, { signal, ...wanted }) => {
      signals.push(signal);
      asked.push(wanted);
      return { stream: Readable.from(runs[asked.length - 1] ?? []), isPlain: false };
    },
  };
  return { engine: engine as ContainerStreams, asked, signals };
}

const textsOf = (packed: Buffer): readonly string[] =>
  new OutputReader().read(packed).map(({ bytes }) => bytes.toString().slice(31).trimEnd());

test("a container that is started again is followed on, and no line is told twice", async () => {
  const { engine, asked } = anEngine([line(1, "a"), line(2, "b")], [line(2, "b"), line(3, "c")]);
  let looks = 0;
  const find = (): ContainerState => {
    looks += 1;
    return { ...aRunningContainer(), phase: looks < 3 ? "RUNNING" : "STOPPED" };
  };
  const request = { kind: "logs", follow: true, tail: 10, since: 5 } as const;
  const stage = new StreamStage(new LogWork({ request, containers: ["web"], find, engine }));
  expect(await stage.result).toEqual({});
  expect(textsOf(await allOf(stage.opened[0]))).toEqual(["a", "b", "c"]);
  expect(asked).toEqual([
    { follow: true, tail: 10, since: 5 },
    { follow: true, since: Date.parse(timeOf(2)) },
  ]);
});

test("each container has a channel, and one that never came has an empty one", async () => {
  const { engine } = anEngine([line(1, "a")]);
  const find = (name: string): ContainerState =>
    name === "web" ? aRunningContainer() : { name, phase: "NONE" };
  const request = { kind: "logs", follow: false } as const;
  const containers = ["web", "late"];
  const stage = new StreamStage(new LogWork({ request, containers, find, engine }));
  await stage.result;
  expect(stage.opened.map(({ container }) => container)).toEqual(containers);
  expect(textsOf(await allOf(stage.opened[0]))).toEqual(["a"]);
  expect(await allOf(stage.opened[1])).toHaveLength(0);
});

test("a task of which nothing is left has no logs, and that is said", async () => {
  const { engine } = anEngine();
  const request = { kind: "logs", follow: true } as const;
  const parts = { request, containers: [], find: () => undefined, engine };
  const stage = new StreamStage(new LogWork(parts));
  await expect(stage.result).rejects.toThrow("nothing of the task any more");
  expect(stage.signals).toEqual([]);
});

test("a client that went away is not followed for", async () => {
  const { engine, signals } = anEngine([line(1, "a")]);
  const request = { kind: "logs", follow: true } as const;
  const find = () => aRunningContainer();
  const stage = new StreamStage(new LogWork({ request, containers: ["web"], find, engine }));
  while (stage.opened.length === 0) await new Promise((resolve) => setImmediate(resolve));
  for await (const _ of stage.opened[0] ?? []) break;
  stage.end();
  await expect(Promise.allSettled([stage.result])).resolves.toHaveLength(1);
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
});

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ToldEvent } from "@berth/contracts/ecs-event";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MAX_WAITING, type NewDelivery, Outbox } from "./outbox.ts";

let directory: string;
let unreadable: string[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "berth-outbox-"));
  unreadable = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = () => new Outbox(join(directory, "box"), (name) => unreadable.push(name));

const delivery = (id: string, overrides: Partial<NewDelivery> = {}): NewDelivery => ({
  ruleName: "r",
  targetId: "t",
  event: { id } as ToldEvent,
  takenAt: 7,
  ...overrides,
});

const ids = (outbox: Outbox, addressee = "r/t") =>
  outbox.waiting(addressee).map(({ event }) => event.id);

test("keeps what is to be delivered, in its order, until it is removed", async () => {
  const first = open();
  await first.add([delivery("a"), delivery("b"), delivery("x", { targetId: "other" })]);
  const [a, b] = first.waiting("r/t");
  if (a && b) {
    await first.remove(a);
    await first.replace({ ...b, attempts: 3, dueAt: 9 });
  }
  const second = open();
  expect(second.addressees.toSorted()).toEqual(["r/other", "r/t"]);
  expect(second.waiting("r/t")).toEqual([{ ...b, attempts: 3, dueAt: 9 }]);
  await second.add([delivery("c")]);
  expect(ids(open())).toEqual(["b", "c"]);
});

test("starts without what a crash or a full disk left of a file", async () => {
  await open().add([delivery("a")]);
  const box = join(directory, "box");
  for (const name of ["0000000000000002.json", "0000000000000003.json.new"]) {
    writeFileSync(join(box, name), `{"number":2,"ru`);
  }
  expect(ids(open())).toEqual(["a"]);
  expect(unreadable).toEqual(["0000000000000002.json", "0000000000000003.json.new"]);
  expect(readdirSync(box)).toEqual(["0000000000000001.json"]);
});

test("has room for so many of one target, and for others all the same", async () => {
  const outbox = open();
  const many = Array.from({ length: MAX_WAITING + 2 }, (_, index) => delivery(String(index)));
  const tooMany = await outbox.add([...many, delivery("x", { ruleName: "q" })]);
  expect(tooMany.map(({ event }) => event.id)).toEqual(["1000", "1001"]);
  expect(ids(outbox).length).toBe(MAX_WAITING);
  expect(ids(outbox, "q/t")).toEqual(["x"]);
});

test("keeps nothing of what it could not write", async () => {
  const outbox = open();
  rmSync(join(directory, "box"), { recursive: true });
  await expect(outbox.add([delivery("a"), delivery("b")])).rejects.toMatchObject({
    code: "ENOENT",
  });
  expect(outbox.addressees).toEqual([]);
});

test("keeps none of many where one of them could not be written", async () => {
  const outbox = open();
  const blocked = join(directory, "box", "0000000000000070.json.new");
  mkdirSync(blocked);
  const many = Array.from({ length: 200 }, (_, index) => delivery(String(index)));
  await expect(outbox.add(many)).rejects.toMatchObject({ code: "EISDIR" });
  expect(outbox.addressees).toEqual([]);
  rmSync(blocked, { recursive: true });
  expect(open().addressees).toEqual([]);
  await outbox.add([delivery("later")]);
  expect(ids(open())).toEqual(["later"]);
});

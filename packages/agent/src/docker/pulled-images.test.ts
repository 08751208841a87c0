import { expect, test } from "vitest";
import { type ImageRecord, PulledImages } from "./pulled-images.ts";

/** What outlives the process. */
function aFile() {
  let saved: readonly ImageRecord[] = [];
  return {
    readImages: async () => saved,
    saveImages: async (records: readonly ImageRecord[]) => {
      saved = records;
    },
  };
}

const idsOf = (records: readonly ImageRecord[]) => records.map(({ id }) => id);

test("the least recently used comes first, and none that is too young", async () => {
  const images = await PulledImages.open(aFile());
  await images.pulled("a:1", "A", 10);
  await images.pulled("b:1", "B", 20);
  await images.pulled("c:1", "C", 30);
  images.used("a:1", 40);
  expect(idsOf(images.olderThan(10, 30))).toEqual(["B", "A"]);
});

test("a name that means another image now is the other's", async () => {
  const images = await PulledImages.open(aFile());
  await images.pulled("a:1", "OLD", 10);
  await images.pulled("a:1", "NEW", 20);
  expect(images.olderThan(0, 100)).toMatchObject([
    { id: "OLD", names: [] },
    { id: "NEW", names: ["a:1"] },
  ]);
});

test("one image may have several names, each once", async () => {
  const images = await PulledImages.open(aFile());
  await images.pulled("a:1", "A", 10);
  await images.pulled("a:latest", "A", 20);
  await images.pulled("a:1", "A", 30);
  expect(images.olderThan(0, 100)).toMatchObject([{ id: "A", names: ["a:latest", "a:1"] }]);
});

test("what was pulled is known to the next process, and what was removed is not", async () => {
  const file = aFile();
  const images = await PulledImages.open(file);
  await images.pulled("a:1", "A", 10);
  await images.pulled("b:1", "B", 10);
  await images.forget("B");
  const next = await PulledImages.open(file);
  expect([next.has("a:1"), next.has("b:1")]).toEqual([true, false]);
});

test("what this agent did not pull is none of its images", async () => {
  const images = await PulledImages.open(aFile());
  images.used("other:1", 10);
  expect(images.olderThan(0, 100)).toEqual([]);
});

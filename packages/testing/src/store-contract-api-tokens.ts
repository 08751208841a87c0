import { beforeEach, expect, test } from "vitest";
import { anApiToken } from "./builders.ts";
import { drainPages, type StoreParts, StoreWorld, there } from "./store-contract-world.ts";

const DAY_MS = 24 * 3_600_000;

/** Part of the store's contract. */
export function describeApiTokens(parts: StoreParts): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await StoreWorld.make(parts);
  });

  test("a token is read as it was created, once, and is gone when it is deleted", async () => {
    const { apiTokens } = world.store;
    const token = anApiToken({ validUntil: world.now + DAY_MS });
    expect(await apiTokens.create(token)).toBe("ok");
    expect(await apiTokens.create({ ...token, principal: "mallory" })).toBe("conflict");
    const stored = there(await apiTokens.find(token.id));
    expect(stored).toStrictEqual({ ...token, version: 1 });
    expect(await apiTokens.delete(stored)).toBe("ok");
    expect(await apiTokens.find(token.id)).toBeUndefined();
  });

  test("a token is known for a day after its end, so that its holder can be told", async () => {
    const { apiTokens } = world.store;
    const token = anApiToken({ validUntil: world.now + 1_000 });
    await apiTokens.create(token);
    world.now += DAY_MS;
    expect(await apiTokens.find(token.id)).toMatchObject({ validUntil: token.validUntil });
    world.now += 2_000;
    expect(await apiTokens.find(token.id)).toBeUndefined();
  });

  test("tokens are listed by id", async () => {
    const { apiTokens } = world.store;
    const validUntil = world.now + DAY_MS;
    for (const id of ["b", "a", "c"]) await apiTokens.create(anApiToken({ id, validUntil }));
    const listed = await drainPages((page) => apiTokens.page(page));
    expect(listed.map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });
}

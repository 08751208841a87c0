import type { IssuedCredential } from "@berth/domain/access/issued-credential";
import { taskArn } from "@berth/domain/arn";
import type { Store } from "@berth/store/store";
import { anAccessKey, anApiToken, aTask } from "@berth/testing/builders";
import { there } from "@berth/testing/store-contract-world";
import { aStreamFrame, aStreamWorld, type StreamWorld } from "@berth/testing/streams";
import { allow } from "@berth/testing/whole-api";
import { expect, test, vi } from "vitest";
import { askForExec } from "./ask-stream.ts";
import { STREAM_LEASE_MS } from "./stream-times.ts";

const KEY: IssuedCredential = { kind: "accessKey", id: anAccessKey().id };
const TOKEN: IssuedCredential = { kind: "apiToken", id: anApiToken().id };
const PING = aStreamFrame({ seq: 0, kind: "ping" });
const HALF_LEASE_MS = STREAM_LEASE_MS / 2;

/** A session with both of its ends, asked for with a key or a token that may do just that. */
async function aSessionWith(credential?: IssuedCredential) {
  const world = await aStreamWorld();
  const { scope, store } = world.controlPlane;
  const Resource = taskArn(scope, "default", aTask().id);
  const document = JSON.stringify(allow("ecs:ExecuteCommand", { Resource }));
  const members = {
    grant: { kind: "policy", document },
    validUntil: world.controlPlane.now() + 86_400_000,
  } as const;
  await store.accessKeys.create(anAccessKey(members));
  await store.apiTokens.create(anApiToken(members));
  const context = { ...world.controlPlane, ...(credential && { credential }) };
  const ls = { command: ["ls"], tty: false };
  const { sessionId, token } = await askForExec(context, { task: aTask().id }, ls);
  await world.dialAsClient(sessionId, token);
  await world.dialAsAgent(sessionId);
  const find = () => store.streamSessions.find(sessionId);
  return { world, find };
}

async function pingBothWays({ relay, controlPlane }: StreamWorld, halfLeases: number) {
  for (let count = 0; count < halfLeases; count += 1) {
    controlPlane.advance(HALF_LEASE_MS);
    for (const end of ["client", "agent"]) await relay.receive(end, PING);
  }
}

const changeKey = async (
  { accessKeys }: Store,
  change: Partial<ReturnType<typeof anAccessKey>>,
): Promise<unknown> => accessKeys.replace({ ...there(await accessKeys.find(KEY.id)), ...change });
const otherPolicy = {
  kind: "policy",
  document: JSON.stringify(allow("berth:GetTaskLogs")),
} as const;

test.each<[string, IssuedCredential, (store: Store) => Promise<unknown>, string]>([
  [
    "key was deleted",
    KEY,
    async ({ accessKeys }) => accessKeys.delete(there(await accessKeys.find(KEY.id))),
    `The access key ${KEY.id} does not exist any more.`,
  ],
  [
    "key was switched off",
    KEY,
    (store) => changeKey(store, { status: "Inactive" }),
    `The access key ${KEY.id} is inactive or expired.`,
  ],
  [
    "key is over",
    KEY,
    (store) => changeKey(store, { validUntil: 1 }),
    `The access key ${KEY.id} does not exist any more.`,
  ],
  [
    "key has a policy now that does not allow it",
    KEY,
    (store) => changeKey(store, { grant: otherPolicy }),
    "is not authorized to perform: ecs:ExecuteCommand on resource: arn:aws:ecs:",
  ],
  [
    "token was revoked",
    TOKEN,
    async ({ apiTokens }) => apiTokens.delete(there(await apiTokens.find(TOKEN.id))),
    `The token ${TOKEN.id} does not exist any more.`,
  ],
])(
  "a session whose %s ends, tells both ends, and leads nothing on",
  async (_, credential, revoke, reason) => {
    const { world, find } = await aSessionWith(credential);
    const { controlPlane, relay } = world;
    await pingBothWays(world, 2);
    expect((await find())?.end).toBeUndefined();
    await revoke(controlPlane.store);
    world.pushed.length = 0;
    controlPlane.advance(HALF_LEASE_MS);
    await relay.receive("client", PING);
    const message = { reason: expect.stringContaining(reason) as string };
    for (const end of ["client", "agent"]) {
      expect(world.heardBy(end)).toEqual([{ type: "StreamEnded", message }]);
    }
    expect((await find())?.end).toMatchObject(message);
    expect(controlPlane.closed).toContain("agent");
    expect(world.audited).toContain("A stream session ended");
  },
);

test("a session whose token is over ends", async () => {
  const { world, find } = await aSessionWith(TOKEN);
  const { controlPlane } = world;
  const { apiTokens } = controlPlane.store;
  const token = there(await apiTokens.find(TOKEN.id));
  apiTokens.find = async () => ({ ...token, validUntil: controlPlane.now() });
  await pingBothWays(world, 1);
  expect((await find())?.end?.reason).toBe(`The token ${TOKEN.id} is inactive or expired.`);
});

test.each([KEY, TOKEN])("leave is asked for once a minute: $kind", async (credential) => {
  const { world, find } = await aSessionWith(credential);
  const { accessKeys, apiTokens, streamSessions } = world.controlPlane.store;
  const reads = [vi.spyOn(accessKeys, "find"), vi.spyOn(apiTokens, "find")];
  const writes = vi.spyOn(streamSessions, "replace");
  await pingBothWays(world, 5);
  expect(reads.flatMap(({ mock }) => mock.calls)).toHaveLength(5);
  expect(writes).toHaveBeenCalledTimes(5);
  expect((await find())?.end).toBeUndefined();
});

test("a session of a key that the installation was set up with goes on without", async () => {
  const { world, find } = await aSessionWith();
  world.controlPlane.store.accessKeys.find = () => expect.unreachable();
  await pingBothWays(world, 5);
  expect((await find())?.end).toBeUndefined();
});

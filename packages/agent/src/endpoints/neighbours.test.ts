import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AnswerRequest, type EndpointRequest, json } from "./answer.ts";
import { Neighbours } from "./neighbours.ts";

let directory: string;
let agents: Neighbours[];
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), "berth-agents-")), "sockets");
  agents = [];
});
afterEach(() => {
  for (const each of agents) each.close();
  rmSync(join(directory, ".."), { recursive: true, force: true });
});

async function anAgent(own: AnswerRequest | undefined): Promise<Neighbours> {
  const agent = new Neighbours(() => own, directory);
  agents.push(agent);
  await agent.open();
  return agent;
}

/** Knows one container, and says what it was asked. */
const knowing =
  (id: string): AnswerRequest =>
  async (request) =>
    request.path === `/v4/${id}`
      ? json(200, { id, method: request.method, query: request.query.get("q"), body: request.body })
      : undefined;

const asking = (id: string): EndpointRequest => ({
  method: "PUT",
  path: `/v4/${id}`,
  query: new URLSearchParams({ q: "a b" }),
  body: '{"a":1}',
});

describe("an agent asks the others of its machine", () => {
  test("and hands on the answer of the one that knows, to the whole question", async () => {
    const asker = await anAgent(knowing("mine"));
    await anAgent(knowing("his"));
    await anAgent(knowing("hers"));
    const answer = await asker.ask(asking("hers"));
    expect(answer).toEqual(json(200, { id: "hers", method: "PUT", query: "a b", body: '{"a":1}' }));
  });

  test("and never itself", async () => {
    const asker = await anAgent(knowing("mine"));
    expect(await asker.ask(asking("mine"))).toBeUndefined();
  });

  test("and is told where one does not know its tasks yet", async () => {
    const asker = await anAgent(knowing("mine"));
    await anAgent(undefined);
    expect(await asker.ask(asking("his"))).toBe("notYet");
    await anAgent(knowing("his"));
    expect(await asker.ask(asking("his"))).toMatchObject({ status: 200 });
  });

  test("and does not wait for one that hangs", async () => {
    const asker = await anAgent(knowing("mine"));
    await anAgent(() => new Promise<undefined>(() => undefined));
    await anAgent(knowing("his"));
    expect(await asker.ask(asking("his"))).toMatchObject({ status: 200 });
  });

  test("and forgets those that have died", async () => {
    const asker = await anAgent(knowing("mine"));
    const dead = await anAgent(knowing("his"));
    dead.close();
    expect(await asker.ask(asking("his"))).toBeUndefined();
    expect(readdirSync(directory)).toHaveLength(1);
  });
});

test("does not meet in a directory that others may write in: they could answer for it", async () => {
  await anAgent(knowing("mine"));
  chmodSync(directory, 0o777);
  await expect(anAgent(knowing("his"))).rejects.toThrow(/not this user's alone/);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createStsClient } from "@berth/aws/clients";
import { createRoleKeys } from "@berth/aws/role-keys";
import { createFindAccessKey } from "@berth/control-plane/access/find-access-key";
import { checkAccess } from "@berth/control-plane/access/authorize";
import { issueRoleKeys } from "@berth/control-plane/access/issue-role-keys";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { rolePolicy } from "../role-policies.ts";
import { socketClientConfig } from "./socket-client.ts";
import { startSts } from "./sts-server.ts";

const identity = {
  region: "us-east-1",
  credentials: { accessKeyId: "AKIA0000000000000000", secretAccessKey: "secret" },
};
/** Seals nothing: what is sealed, and how, is another test's. */
const box = {
  seal: async (secret: string) => secret,
  open: async (sealed: string) => sealed,
};

let directory: string;
let plane: TestControlPlane;
let server: Server;
let refusals: string[];
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "berth-sts-"));
  mkdirSync(join(directory, "roles"));
  plane = aControlPlane();
  refusals = [];
  const issuer = {
    controlPlane: plane,
    sealer: box,
    issuedBy: "arn:aws:iam::123456789012:root",
    policyOf: (name: string) => rolePolicy(join(directory, "roles"), name),
  };
  server = await startSts(
    join(directory, "sts.sock"),
    (role) => issueRoleKeys(issuer, role),
    (roleArn, error) => refusals.push(`${roleArn}: ${(error as Error).message}`),
  );
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
  rmSync(directory, { recursive: true, force: true });
});

const ROLE = "arn:aws:iam::999999999999:role/prod/app";
const setPolicy = (text: string) => writeFileSync(join(directory, "roles", "app.json"), text);
const policy = (Action: string) =>
  JSON.stringify({ Statement: [{ Effect: "Allow", Action, Resource: "*" }] });

const assume = (roleArn = ROLE, durationMs = 60_000) =>
  createRoleKeys({
    client: createStsClient({
      ...socketClientConfig(join(directory, "sts.sock"), identity),
      maxAttempts: 1,
    }),
    now: () => plane.now(),
    onFailure: () => undefined,
  }).assume({ roleArn, sessionName: "0123456789abcdef", durationMs });

/** Who calls with these keys, as the API sees him. */
async function holder(keys: Awaited<ReturnType<typeof assume>>) {
  if (typeof keys === "string") throw new Error(keys);
  const find = createFindAccessKey({ ...plane, opener: box, builtIn: new Map() });
  const credential = await find(keys.accessKeyId);
  expect(credential).toMatchObject({ secretAccessKey: keys.secretAccessKey });
  if (!credential) throw new Error("no such key");
  return { ...credential, scope: plane.scope };
}

const list = { action: "ecs:ListClusters", resources: [] };

describe("through AWS's own client", () => {
  test("a role may do what the file of its name says, in the name of the session", async () => {
    setPolicy(policy("ecs:List*"));
    const caller = await holder(await assume());
    expect(caller.principalArn).toBe("arn:aws:sts::123456789012:assumed-role/app/0123456789abcdef");
    expect(() => checkAccess(caller, list)).not.toThrow();
    expect(() => checkAccess(caller, { ...list, action: "ecs:RunTask" })).toThrow(
      /not authorized to perform: ecs:RunTask/,
    );
  });

  test("a role of which nobody says anything gets keys that may do nothing", async () => {
    const caller = await holder(await assume("arn:aws:iam::123456789012:role/unknown"));
    expect(() => checkAccess(caller, list)).toThrow(/no identity-based policy allows/);
  });

  test("keys end when they say so", async () => {
    setPolicy(policy("*"));
    const keys = await assume(ROLE, 20_000);
    expect(keys).toMatchObject({ expiresAt: plane.now() + 20_000 });
    expect(await holder(keys)).toMatchObject({ validUntil: plane.now() + 20_000 });
  });

  test.each([["no JSON"], ["7"], ['{"Statement":[{"Effect":"Maybe"}]}']])(
    "a policy that cannot be obeyed gives no keys, and it is told: %s",
    async (text) => {
      setPolicy(text);
      expect(await assume()).toBe("refused");
      expect(refusals).toEqual([expect.stringContaining(`${ROLE}: `)]);
    },
  );

  test("what is no role is refused", async () => {
    expect(await assume("arn:aws:iam::123456789012:user/ada")).toBe("refused");
    expect(await assume("arn:aws:iam::123456789012:role/../../kms")).not.toBe("refused");
    expect(refusals).toEqual([]);
  });
});

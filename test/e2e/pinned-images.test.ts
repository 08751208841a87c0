import { RegisterTaskDefinitionCommand, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { connectDocker } from "@berth/agent/docker/connection";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Berth } from "./berth.ts";
import { createService, stable, tasksOf } from "./demo.ts";
import { Registry } from "./registry.ts";

const docker = connectDocker("unix:///var/run/docker.sock");
let berth: Berth;
let registry: Registry;

beforeAll(async () => {
  registry = await Registry.start();
  berth = await Berth.start({ instances: 1 });
});
afterAll(async () => {
  await berth?.down();
  await removeImages();
  await registry?.close();
});

/** What came from the registry of these tests. */
async function removeImages(): Promise<void> {
  for (const { Id, RepoDigests } of await docker.listImages()) {
    if (!RepoDigests?.some((name) => name.startsWith(registry.host))) continue;
    await docker.getImage(Id).remove({ force: true });
  }
}

/** Offers another image under the same tag, and has the engine know it by that. */
async function move(tag: string, label: string): Promise<string> {
  const { name, digest } = await registry.offer(docker, {
    image: "berth/demo:1",
    as: tag,
    label,
  });
  const progress = await docker.pull(name);
  await new Promise((resolve) => docker.modem.followProgress(progress, resolve));
  // For half a minute an agent does not look again at what a tag means; the next one does.
  process.kill(berth.pidOf("agent-1"), "SIGKILL");
  return digest;
}

const digestsOf = async (service: string) =>
  (await tasksOf(berth, service)).map(({ containers }) => containers?.[0]?.imageDigest);

test.each([
  { versionConsistency: "enabled", tag: "pinned:1", keeps: true },
  { versionConsistency: "disabled", tag: "loose:1", keeps: false },
] as const)(
  "with versionConsistency $versionConsistency a deployment keeps its image while its tag moves: $keeps",
  async ({ versionConsistency, tag, keeps }) => {
    const [service = ""] = tag.split(":");
    const before = await move(tag, "before");
    const container = { name: "web", image: `${registry.host}/${tag}`, memory: 32 };
    await berth.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: service,
        containerDefinitions: [{ ...container, versionConsistency }],
      }),
    );
    await createService(berth, service, service, 1);
    await stable(berth, service);
    expect(await digestsOf(service)).toEqual([before]);

    const after = await move(tag, "after");
    await berth.ecs.send(new UpdateServiceCommand({ service, desiredCount: 2 }));
    await stable(berth, service);
    const both = await digestsOf(service);
    expect(new Set(both)).toEqual(new Set([before, keeps ? before : after]));
    expect(both).toHaveLength(2);

    // Another deployment finds out anew what the tag means.
    await berth.ecs.send(new UpdateServiceCommand({ service, forceNewDeployment: true }));
    await stable(berth, service);
    expect(await digestsOf(service)).toEqual([after, after]);
  },
);
